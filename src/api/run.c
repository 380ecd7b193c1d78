/* A run: names in, results out, as many audits in flight as the configuration allows. */
#include "api/crew.h"

#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "api/baseline.h"
#include "api/manifest.h"
#include "source/clock.h"
#include "source/recording.h"

enum {
	RUN_MEMORY_MAX = 16 << 20,
	AHEAD = 10,           /* results kept for their turn, as a multiple of the audits in flight: a domain whose servers are dead
			       * takes seconds, in which thousands of others get ready */
	HELD_MAX = 160 << 20, /* octets of them */
	PAUSE_MS = 20, /* until a source of names that had none is asked again */
};

const char *dc_version(void)
{
	return DC_VERSION;
}

/* ---- options of the report: what the verdict depends on, never where the answers came from ---- */

static const char *const reported[] = {"selector",  "selectors", "ip",	    "helo",    "mail-from", "dkim-domain",
				       "what-if",   "parked",	 "dnssec",  "authority", "no-fetch", "allow-private",
				       "probe",	    "submission", "blocklists",
				       "profile",   "set",	 "fail-on", "now"};

bool dc_run_is_reported(const char *name)
{
	for (size_t i = 0; i < sizeof reported / sizeof *reported; i++)
		if (strcmp(name, reported[i]) == 0)
			return true;
	return false;
}

/* Values of one setting become one list. */
static void list_options(struct dc_run *run)
{
	const struct dc_config *config = run->config;
	struct dc_run_option *options = DC_NEW_ARRAY(run->arena, struct dc_run_option, sizeof reported / sizeof *reported);
	size_t count = 0;
	for (size_t i = 0; i < sizeof reported / sizeof *reported; i++) {
		struct dc_slice *values = NULL;
		size_t value_count = 0, capacity = 0;
		for (size_t k = 0; k < config->given_count; k++)
			if (strcmp(config->given[k].name, reported[i]) == 0)
				DC_PUSH(run->arena, values, value_count, capacity) = config->given[k].value;
		if (value_count)
			options[count++] = (struct dc_run_option){.name = reported[i], .type = DC_OPTION_LIST,
								  .values = values, .value_count = value_count};
	}
	run->info.options = options;
	run->info.option_count = count;
}

void dc_config_inputs(const struct dc_config *config, struct dc_inputs *ret_inputs)
{
	*ret_inputs = (struct dc_inputs){
		.sending = {
			.mail_from = config->mail_from,
			.mail_from_local = config->mail_from_local,
			.helo = config->helo,
			.dkim_domain = config->dkim_domain,
			.selectors = config->selectors.items,
			.selector_count = config->selectors.count,
		},
		.search = config->search,
		.key_age_days = (uint32_t)config->key_age_days,
		.own_keys = config->own_keys,
		.own_key_count = config->own_key_count,
		.senders = config->senders,
		.sender_count = config->sender_count,
		.message = config->message,
		.message_bytes = config->message_bytes,
		.what_if = config->what_if,
		.psl = config->psl,
		.parked = config->parked,
		.lone = config->lone,
		.allow_private = config->allow_private,
		.blocklists = config->blocklists, .probe_smtp = config->probe_smtp, .probe_submission = config->probe_submission,
		.submission_host = config->submission_host, .submission_port = config->submission_port,
		.authority = config->authority,
		.dnssec = config->dnssec,
	};
	ret_inputs->seen_keys = dc_baseline_keys(config->baseline, &ret_inputs->seen_key_count);
	ret_inputs->seen_policies = dc_baseline_policies(config->baseline, &ret_inputs->seen_policy_count);
}

static void fill_inputs(struct dc_run *run)
{
	const struct dc_config *config = run->config;
	dc_config_inputs(config, &run->inputs);
	run->inputs.now_s = run->info.started_s;
	run->waivers_matched = DC_NEW_ARRAY(run->arena, enum dc_tri, config->waiver_count + 1);
	for (size_t i = 0; i < config->waiver_count; i++)
		run->waivers_matched[i] = DC_TRI_NO;
	run->info.waivers = (const struct dc_waiver *const *)config->waivers;
	run->info.waivers_matched = run->waivers_matched;
	run->info.waiver_count = config->waiver_count;
}

/* ---- recordings ---- */

static enum dc_status start_recording(struct dc_run *run, struct dc_error *err)
{
	const struct dc_config *config = run->config;
	if (!config->record.len)
		return DC_OK;
	run->writer = dc_recording_writer_new();
	if (!run->writer)
		return dc_error_set(err, DC_ERR_NOMEM, "out of memory for the recording");
	dc_recording_put_clock(run->writer, run->info.started_s);
	for (size_t i = 0; i < config->given_count; i++)
		if (dc_run_is_reported(config->given[i].name))
			dc_recording_put_option(run->writer, config->given[i].name, config->given[i].value);
	if (config->manifest) {
		dc_recording_put_option(run->writer, "manifest-name", config->manifest->label);
		dc_recording_put_option(run->writer, "manifest", config->manifest->octets);
	}
	return DC_OK;
}

static void record(struct dc_result *result)
{
	struct dc_run *run = result->run;
	const struct dc_audit_run *audit = &result->audit;
	struct dc_recorded_audit row = {.domain = audit->inputs.domain, .elapsed_ms = result->view.dns.elapsed_ms,
					.rounds = audit->rounds, .questions = result->view.dns.questions};
	for (size_t i = 0; i < dc_evidence_count(audit->evidence); i++) {
		const struct dc_answer *answer = dc_evidence_at(audit->evidence, i);
		if (answer->question.kind != DC_ASK_RECEIVER)
			dc_recording_put_answer(run->writer, answer);
	}
	dc_recording_put_audit(run->writer, &row);
}

/* ---- making and ending ---- */

/* It only has to wake the loop: the flag says why. */
static void stop_seen(struct dc_watch *watch, bool readable, bool writable)
{
	struct dc_run *run = watch->user;
	(void)readable;
	(void)writable;
	(void)dc_loop_watch(run->loop, watch, false, false);
}

/* The caller's thread alone: everything that answers, in its loop. */
static enum dc_status open_here(struct dc_run *run, struct dc_config *config, struct dc_error *err)
{
	run->loop = dc_loop_new();
	if (!run->loop)
		return dc_error_set(err, DC_ERR_NOMEM, "cannot make an event loop");
	/* Before any thread or socket: the worker is a fork of this process. */
	run->receiver = dc_receiver_new(run->loop);
	if (!run->receiver)
		return dc_error_set(err, DC_ERR_NOMEM, "cannot make the receiver");
	enum dc_status status = dc_run_sources_open(&run->sources, config, run->loop, err);
	if (status == DC_OK && run->sources.recording)
		status = dc_run_recorded_options(config, run->sources.recording, err);
	if (status != DC_OK)
		return status;
	struct dc_gather_options options = {.sources = run->sources.items, .source_count = run->sources.count,
					    .timed = run->sources.timed, .receiver = run->receiver};
	run->gather = dc_gather_new(run->loop, &options);
	if (!run->gather)
		return dc_error_set(err, DC_ERR_NOMEM, "out of memory for the run");
	if (run->stop_fd >= 0 && !dc_loop_watch(run->loop, &run->stop_watch, true, false))
		return dc_error_set(err, DC_ERR_INTERNAL, "the event loop failed");
	return DC_OK;
}

static enum dc_status open_all(struct dc_run *run, struct dc_config *config, struct dc_error *err)
{
	size_t threads = dc_crew_size(config);
	struct dc_error own = {0};
	if (threads == 1)
		return open_here(run, config, err);
	err = err ? err : &own;
	run->crew = dc_crew_new(run, threads, err);
	/* Short of threads, memory or descriptors: one thread does the same, in more time. */
	return run->crew ? DC_OK : err->status == DC_ERR_NOMEM ? open_here(run, config, err) : err->status;
}

static enum dc_status set_up(struct dc_run *run, struct dc_config *config, struct dc_error *err)
{
	/* Without descriptors the run is as good, it only ends later. */
	run->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	run->stop_watch = (struct dc_watch){.fd = run->stop_fd, .ready = stop_seen, .user = run};
	enum dc_status status = open_all(run, config, err);
	if (status != DC_OK)
		return status;
	run->info.tool_version = DC_VERSION;
	run->info.started_s = config->now_given		? config->now_s
			      : run->sources.recording && dc_recording_has_clock(run->sources.recording)
							? dc_recording_clock(run->sources.recording)
							: dc_clock_now_s();
	run->info.past = config->past;
	run->info.past_count = config->past_count;
	config->policy.single |= !run->next && run->sources.recording && dc_recording_audit_count(run->sources.recording) == 1;
	status = dc_config_manifest_check(config, err);
	if (status == DC_OK)
		status = dc_config_manifest_overlay(config, err);
	if (status != DC_OK)
		return status;
	if (DC_ARENA_GUARD(run->arena))
		return dc_error_set(err, DC_ERR_NOMEM, "out of memory for the run");
	list_options(run);
	fill_inputs(run);
	return start_recording(run, err);
}

enum dc_status dc_run_new(struct dc_config *config, dc_next_domain next, void *user, struct dc_run **ret_run,
			  struct dc_error *err)
{
	struct dc_run *run = calloc(1, sizeof *run);
	if (!run)
		return dc_error_set(err, DC_ERR_NOMEM, "out of memory for the run");
	run->stop_fd = -1;
	run->arena = dc_arena_new(RUN_MEMORY_MAX);
	run->seen = dc_nameset_new();
	if (!run->arena || !run->seen) {
		dc_run_free(run);
		return dc_error_set(err, DC_ERR_NOMEM, "out of memory for the run");
	}
	run->config = config;
	run->next = next;
	run->user = user;
	enum dc_status status = set_up(run, config, err);
	if (status != DC_OK) {
		dc_run_free(run);
		return status;
	}
	*ret_run = run;
	return DC_OK;
}

void dc_run_free(struct dc_run *run)
{
	if (!run)
		return;
	if (run->gather)
		dc_gather_stop(run->gather);
	if (run->receiver)
		dc_receiver_free(run->receiver);
	dc_run_sources_close(&run->sources);
	if (run->crew)
		dc_crew_stop(run->crew);
	while (run->first) {
		struct dc_result *next = run->first->next;
		run->first->lane = NULL;
		dc_result_free(run->first);
		run->first = next;
	}
	dc_gather_free(run->gather);
	if (run->crew)
		dc_crew_free(run->crew);
	dc_recording_writer_free(run->writer);
	if (run->stop_fd >= 0 && run->loop)
		(void)dc_loop_watch(run->loop, &run->stop_watch, false, false);
	if (run->stop_fd >= 0)
		(void)close(run->stop_fd);
	if (run->loop)
		dc_loop_free(run->loop);
	dc_nameset_free(run->seen);
	dc_arena_free(run->arena);
	dc_run_forget(run);
	free(run);
}

/* ---- names in ---- */

void dc_run_done(struct dc_run *run, struct dc_result *result)
{
	result->done = true;
	result->held = dc_audit_run_held(&result->audit);
	run->held += result->held;
	run->done++;
}

static void audit_finished(struct dc_audit_run *audit)
{
	struct dc_result *result = audit->user;
	struct dc_run *run = result->run;
	if (!dc_result_judge(result))
		run->status = dc_error_set(&run->error, DC_ERR_NOMEM, "out of memory for the findings of %s", result->domain);
	dc_run_done(run, result);
}

static enum dc_status start_one(struct dc_run *run, const char *domain, const char *typed)
{
	struct dc_result *result = calloc(1, sizeof *result);
	char *copy = typed && strcmp(typed, domain) != 0 ? strdup(typed) : NULL;
	if (!result || (typed && strcmp(typed, domain) != 0 && !copy)) {
		free(result);
		free(copy);
		return dc_error_set(&run->error, DC_ERR_NOMEM, "out of memory for another domain");
	}
	memcpy(result->domain, domain, strlen(domain) + 1);
	result->run = run;
	result->policy = dc_config_policy_of(run->config, dc_slice_of(domain));
	result->typed = dc_slice_of(copy);
	result->audit.inputs = run->inputs;
	result->audit.inputs.domain = dc_slice_of(result->domain);
	result->audit.inputs.typed = result->typed;
	dc_config_manifest_inputs(run->config, &result->audit.inputs);
	result->audit.finished = audit_finished;
	result->audit.user = result;
	if (run->crew) {
		dc_crew_start(run->crew, result);
	} else if (!dc_gather_start(run->gather, &result->audit)) {
		dc_result_free(result);
		return dc_error_set(&run->error, DC_ERR_NOMEM, "out of memory for another domain");
	}
	result->prev = run->last;
	*(run->last ? &run->last->next : &run->first) = result;
	run->last = result;
	run->waiting++;
	return DC_OK;
}

static size_t running(const struct dc_run *run)
{
	return run->crew ? dc_crew_running(run->crew) : dc_gather_running(run->gather);
}

static void fill(struct dc_run *run)
{
	char domain[DC_DOMAIN_TEXT_MAX];
	const char *typed;
	run->pausing = run->sifting = false;
	while (!run->exhausted && !run->pausing && !run->sifting && run->status == DC_OK &&
	       running(run) < run->config->jobs && run->waiting < AHEAD * run->config->jobs && run->held < HELD_MAX) {
		if (!dc_run_new_name(run, domain, &typed))
			continue;
		run->taken++;
		run->status = start_one(run, domain, typed);
	}
}

void dc_run_stop(struct dc_run *run)
{
	uint64_t one = 1;
	__atomic_store_n(&run->stopped, true, __ATOMIC_SEQ_CST);
	if (run->stop_fd >= 0 && write(run->stop_fd, &one, sizeof one) < 0)
		return; /* it was woken before */
}

static bool is_stopped(const struct dc_run *run)
{
	return __atomic_load_n(&run->stopped, __ATOMIC_SEQ_CST);
}

void dc_run_figures(const struct dc_run *run, struct dc_run_figures *ret_figures)
{
	struct dc_cache_figures cache = run->crew ? dc_crew_figures(run->crew) : dc_gather_figures(run->gather);
	*ret_figures = (struct dc_run_figures){.taken = run->taken, .done = run->done, .left_out = run->left_out,
					       .asked = cache.asked, .shared = cache.shared, .unanswered = cache.failed,
					       .compared = run->remembered, .not_compared = run->not_compared};
}

/* ---- results out ---- */

static struct dc_result *take_finished(struct dc_run *run)
{
	struct dc_result *result = run->first;
	while (result && !result->done && (run->config->unordered || is_stopped(run)))
		result = result->next;
	if (!result || !result->done)
		return NULL;
	*(result->prev ? &result->prev->next : &run->first) = result->next;
	*(result->next ? &result->next->prev : &run->last) = result->prev;
	result->next = result->prev = NULL;
	run->waiting--;
	run->held -= result->held;
	if (run->writer && run->status == DC_OK)
		record(result); /* in the order of the names, whatever was ready first */
	dc_run_remember(run, result);
	return result;
}

enum dc_status dc_run_wait(struct dc_run *run, int max_ms, struct dc_result **ret_result, bool *ret_ended,
			   struct dc_error *err)
{
	uint64_t until_ms = dc_clock_ms() + (uint64_t)(max_ms > 0 ? max_ms : 0);
	for (;;) {
		if (!is_stopped(run))
			fill(run);
		if (run->status != DC_OK) {
			if (err)
				*err = run->error;
			return run->status;
		}
		struct dc_result *result = take_finished(run);
		bool ended = !result && (is_stopped(run) || (run->exhausted && run->waiting == 0));
		uint64_t now_ms = dc_clock_ms();
		if (result || ended || (max_ms >= 0 && now_ms >= until_ms)) {
			*ret_result = result;
			*ret_ended = ended;
			if (ended)
				dc_run_note_end(run);
			return DC_OK;
		}
		int wait_ms = max_ms < 0 ? -1 : (int)(until_ms - now_ms);
		if (run->pausing && (wait_ms < 0 || wait_ms > PAUSE_MS))
			wait_ms = PAUSE_MS;
		if (run->sifting)
			wait_ms = 0;
		if (run->crew ? !dc_crew_run(run->crew, wait_ms, &run->error) : !dc_gather_run(run->gather, wait_ms))
			run->status = run->crew ? run->error.status
						: dc_error_set(&run->error, DC_ERR_INTERNAL, "the event loop failed");
	}
}

enum dc_status dc_run_next(struct dc_run *run, struct dc_result **ret_result, struct dc_error *err)
{
	bool ended;
	return dc_run_wait(run, -1, ret_result, &ended, err);
}

enum dc_status dc_run_finish(struct dc_run *run, struct dc_error *err)
{
	return run->writer ? dc_recording_finish(run->writer, run->config->record.ptr, err) : DC_OK;
}

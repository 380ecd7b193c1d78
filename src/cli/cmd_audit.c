/* domaincheck DOMAIN...: the audit itself. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"

enum { LOOK_MS = 500 }; /* while nothing is ready: how soon it is seen that nobody reads any more */

struct reports {
	struct sink sinks[OUTPUTS_MAX];
	struct dc_writer *writers[OUTPUTS_MAX];
	size_t count;
	bool failed;
};

/* ---- names ---- */

static enum exit_status choose_names(const struct options *options, struct names *names, const char **stdin_path)
{
	names_init(names, options->config, options->names, options->name_count, options->inputs, options->input_count);
	for (int i = 0; i < options->name_count; i++) {
		char domain[DC_DOMAIN_TEXT_MAX];
		struct dc_error err;
		if (strcmp(options->names[i], "-") == 0) {
			names->paths = stdin_path;
			names->path_count = 1;
			if (options->input_count) {
				complain("\"-\" and --input together: give the names in one way");
				return EXIT_USAGE;
			}
		} else if (dc_domain_parse(options->names[i], domain, &err) != DC_OK ||
			   dc_config_declares(options->config, domain, &err) != DC_OK) {
			complain("%s", err.message);
			return exit_of(err.status);
		}
	}
	if (!options->name_count && !options->input_count && options->manifest)
		return names_from_manifest(names);
	if (options->name_count || options->input_count || options->replay)
		return EXIT_FINE;
	if (isatty(STDIN_FILENO)) {
		complain("no domain: give one, such as \"domaincheck example.com\", or see domaincheck --help");
		return EXIT_USAGE;
	}
	names->paths = stdin_path;
	names->path_count = 1;
	return EXIT_FINE;
}

/* ---- reports ---- */

static bool open_reports(struct reports *reports, const struct options *options, struct dc_run *run)
{
	static const struct output plain = {0};
	size_t count = options->output_count ? options->output_count : 1;
	struct dc_error err;
	for (size_t i = 0; i < count; i++) {
		const struct output *output = options->output_count ? &options->outputs[i] : &plain;
		const char *format = output->format ? output->format : "text";
		struct dc_look look = look_for(options, !output->path);
		struct dc_format_info info;
		if (!sink_open(&reports->sinks[i], output->path))
			return false;
		for (size_t k = 0; dc_format_info_at(k, &info); k++)
			if (strcmp(info.name, format) == 0)
				reports->sinks[i].flush = info.streams && !output->path;
		reports->count++;
		if (dc_writer_new(run, format, &look, sink_write, &reports->sinks[i], &reports->writers[i], &err) != DC_OK) {
			complain("%s", err.message);
			return false;
		}
	}
	return true;
}

static bool add_to_reports(struct reports *reports, const struct dc_result *result)
{
	struct dc_error err;
	for (size_t i = 0; i < reports->count; i++) {
		enum dc_status status = dc_writer_add(reports->writers[i], result, &err);
		if (status != DC_OK && status != DC_ERR_IO)
			complain("%s", err.message);
		if (status != DC_OK || (reports->sinks[i].flush && !sink_flush(&reports->sinks[i]))) {
			reports->failed = true;
			return false;
		}
	}
	return true;
}

/* Whoever read standard output reads no more: that is seen although nothing is to be written yet. */
static bool reader_gone(struct reports *reports)
{
	for (size_t i = 0; i < reports->count; i++) {
		struct pollfd out = {.fd = STDOUT_FILENO};
		if (reports->sinks[i].path || poll(&out, 1, 0) <= 0 || !(out.revents & POLLERR))
			continue;
		reports->sinks[i].fault = EPIPE;
		reports->sinks[i].failed = reports->failed = true;
		return true;
	}
	return false;
}

/* Files are kept only when the run came to its end. */
static void close_reports(struct reports *reports, bool keep)
{
	struct dc_error err;
	for (size_t i = 0; i < reports->count; i++) {
		if (reports->writers[i]) {
			enum dc_status status = dc_writer_end(reports->writers[i], &err);
			if (status != DC_OK && status != DC_ERR_IO)
				complain("%s", err.message);
			reports->failed |= status != DC_OK;
		}
		reports->failed |= !sink_close(&reports->sinks[i], keep && !reports->failed);
	}
}

/* ---- the run ---- */

static enum exit_status status_of(const struct dc_result *result, const char *checks)
{
	if (checks ? dc_result_fails_among(result, checks) : dc_result_fails(result))
		return EXIT_FINDINGS;
	if (checks ? dc_result_is_incomplete_among(result, checks) : dc_result_is_incomplete(result))
		return EXIT_INCOMPLETE;
	return EXIT_FINE;
}

static enum exit_status audit_all(struct dc_run *run, const struct options *options, const struct names *names,
				  struct reports *reports, size_t *ret_done, bool *ret_whole)
{
	enum exit_status status = EXIT_FINE;
	struct progress progress;
	struct dc_error err;
	bool ended = false;
	progress_init(&progress, options, names);
	while (!ended) {
		struct dc_result *result;
		int due_ms = progress_due_ms(&progress), wait_ms = due_ms >= 0 && due_ms < LOOK_MS ? due_ms : LOOK_MS;
		enum dc_status next = dc_run_wait(run, wait_ms, &result, &ended, &err);
		if (next != DC_OK) {
			complain("%s", err.message);
			return worse(status, exit_of(next));
		}
		if (result) {
			status = worse(status, status_of(result, options->checks));
			bool written = add_to_reports(reports, result);
			dc_result_free(result);
			if (!written)
				return EXIT_FAULT;
			++*ret_done;
		} else if (!ended && reader_gone(reports)) {
			return EXIT_FAULT;
		}
		progress_show(&progress, run);
	}
	progress_end(&progress, run);
	*ret_whole = true;
	return status;
}

/* The report that --resume can read; NULL: there is none. */
static const struct output *ndjson_output(const struct options *options)
{
	for (size_t i = 0; i < options->output_count; i++)
		if (options->outputs[i].format && strcmp(options->outputs[i].format, "ndjson") == 0)
			return &options->outputs[i];
	return NULL;
}

/* One line about what a signal kept from being done. False: nothing, it came too late. */
static bool tell_stopped(struct dc_run *run, struct names *names, const struct options *options, size_t done)
{
	struct dc_run_figures figures;
	const struct output *ndjson = ndjson_output(options);
	bool more = false;
	dc_run_figures(run, &figures);
	size_t left = (size_t)(figures.taken - done) + names_rest(names, run, &more);
	const char *rest = more ? " and whatever else was to come" : "";
	if (left == 0 && !more)
		return false;
	if (!done)
		complain("stopped: 0 done, %zu not%s", left, rest);
	else if (!ndjson)
		complain("stopped: %zu done, %zu not%s; with -f ndjson one could go on from here", done, left, rest);
	else if (ndjson->path)
		complain("stopped: %zu done, %zu not%s; go on with --resume %s", done, left, rest, ndjson->path);
	else
		complain("stopped: %zu done, %zu not%s; go on with --resume FILE, the report so far", done, left, rest);
	return true;
}

/* Where an ndjson report on standard output goes. */
static int ndjson_stdout(const struct options *options)
{
	const struct output *ndjson = ndjson_output(options);
	return ndjson && !ndjson->path ? STDOUT_FILENO : -1;
}

static bool is_same_path(const char *a, const char *b)
{
	struct stat x, y;
	return strcmp(a, b) == 0 ||
	       (stat(a, &x) == 0 && stat(b, &y) == 0 && S_ISREG(x.st_mode) && x.st_dev == y.st_dev && x.st_ino == y.st_ino);
}

static bool resumes_itself(const struct options *options)
{
	for (size_t i = 0; options->resume && i < options->output_count; i++)
		if (options->outputs[i].path && is_same_path(options->outputs[i].path, options->resume)) {
			complain("--resume and --output name the same file, which would be replaced: append to it with >> %s",
				 options->resume);
			return true;
		}
	return false;
}

/* With -v: how far the search for shared primes went. */
static void tell_compared(const struct dc_run *run, const struct options *options)
{
	struct dc_run_figures figures;
	dc_run_figures(run, &figures);
	if (options->verbose && !options->quiet && figures.not_compared)
		complain("a common prime was looked for in the keys of the first %llu domains, not of the %llu after them; the fleet "
			 "in text, json and html looks at all", (unsigned long long)figures.compared,
			 (unsigned long long)figures.not_compared);
}

/* Waivers that no report tells of. */
static void tell_waivers(const struct dc_run *run)
{
	struct dc_idle_waiver waiver;
	for (size_t i = 0; dc_run_idle_waiver(run, i, &waiver); i++)
		complain("%s: %s: the waiver of %s at %s %s%s", waiver.where, waiver.expired ? "error: policy-waiver-expired"
											      : "notice: policy-waiver-unused",
			 waiver.slug, waiver.subject, waiver.expired ? "ended with " : "matches nothing any more",
			 waiver.expired ? waiver.expires : "");
}

static enum exit_status audit_into(struct dc_run *run, const struct options *options, struct names *names, bool given)
{
	struct reports reports = {0};
	struct dc_error err;
	bool whole = false;
	size_t done = 0;
	enum exit_status status;
	if (!open_reports(&reports, options, run)) {
		close_reports(&reports, false);
		return EXIT_FAULT;
	}
	signals_stop(run);
	status = audit_all(run, options, names, &reports, &done, &whole);
	/* What was done before a signal is a report too; nothing at all is none. */
	bool stopped = signals_seen() != 0, keep = whole && (!stopped || done);
	close_reports(&reports, keep);
	if (reports.failed)
		status = EXIT_FAULT;
	if (whole && stopped) {
		if (tell_stopped(run, names, options, done))
			status = worse(status, EXIT_INCOMPLETE);
	} else if (whole && given && !names->good && names->status == EXIT_FINE) {
		complain("no domain in %s: give one name a line", names->shown ? names->shown : "the arguments");
		status = EXIT_USAGE;
	}
	const char *one, *other;
	for (size_t i = 0; keep && dc_run_shared_prime(run, i, &one, &other); i++)
		complain("error: dkim-key-shared-prime: the keys at %s and %s have a prime in common, so anybody can compute both",
			 one, other);
	if (keep) {
		tell_compared(run, options);
		tell_waivers(run);
	}
	if (keep && dc_run_fails(run))
		status = worse(status, EXIT_FINDINGS);
	if (keep && dc_run_finish(run, &err) != DC_OK) {
		complain("%s", err.message);
		status = EXIT_FAULT;
	}
	return status;
}

enum exit_status cmd_audit(const struct options *options)
{
	static const char *stdin_path[] = {"-"};
	struct names names;
	struct dc_run *run = NULL;
	struct dc_error err;
	enum exit_status status = resumes_itself(options) ? EXIT_USAGE : choose_names(options, &names, stdin_path);
	if (status != EXIT_FINE)
		return status;
	bool given = names.argument_count || names.path_count;
	bool lone = names.argument_count == 1 && names.path_count == 0;
	if (lone)
		dc_config_single(options->config);
	if (lone && !options->dnssec_given)
		(void)dc_config_set(options->config, "dnssec", "auto", NULL);
	/* Files have no servers to ask, and a recording says itself whether they were. */
	if (lone && !options->authority_given && !options->zone && !options->replay && !options->checks)
		(void)dc_config_set(options->config, "authority", "auto", NULL);
	if (!lone)
		memory_for_many();
	confine_files(options);
	enum dc_status opened = dc_run_new(options->config, given ? names_next : NULL, &names, &run, &err);
	if (opened != DC_OK) {
		complain("%s", err.message);
		status = exit_of(opened == DC_ERR_IO ? DC_ERR_INPUT : opened); /* unreadable input */
	}
	if (status == EXIT_FINE && options->resume)
		status = resume_from(options->resume, ndjson_stdout(options), run);
	confine_calls();
	if (status == EXIT_FINE)
		status = audit_into(run, options, &names, given);
	status = worse(status, names.status);
	names_close(&names);
	signals_stop(NULL);
	dc_run_free(run);
	return status;
}

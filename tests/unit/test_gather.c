/* The gather loop over a source made for the purpose: what one hostile or silent domain may cost, what is asked when, what
 * is asked once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "checks/run.h"
#include "gather/gather.h"
#include "spf/spf.h"

/* ---- a source ---- */

enum mode { PLAIN, ENDLESS_INCLUDES, SILENT, HUGE_ANSWERS };

struct fake {
	struct dc_source source;
	enum mode mode;
	struct dc_fetch *held; /* given back by release */
	bool hold;
	size_t asked;
};

static bool fake_claims(const struct dc_source *source, const struct dc_question *question)
{
	return question->kind == DC_ASK_DNS;
}

static size_t put_txt(uint8_t *rdata, const char *text)
{
	size_t n = 0, len = strlen(text);
	for (size_t at = 0; at < len || at == 0; at += 255) {
		size_t part = len - at > 255 ? 255 : len - at;
		rdata[n++] = (uint8_t)part;
		memcpy(rdata + n, text + at, part);
		n += part;
	}
	return n;
}

static struct dc_answer *make(const struct fake *fake, const struct dc_question *question)
{
	static char text[64 * 1024];
	static uint8_t rdata[66 * 1024];
	struct dc_answer draft = {.question = *question, .outcome = DC_OUTCOME_NODATA, .ede = -1, .via = DC_S("fake")};
	struct dc_rr rr = {.owner = question->name, .type = DC_TYPE_TXT, .ttl_s = 60};
	if (question->type == DC_TYPE_TXT && fake->mode == ENDLESS_INCLUDES && question->name.len < 100) {
		size_t n = (size_t)snprintf(text, sizeof text, "v=spf1");
		for (int i = 0; i < 9; i++)
			n += (size_t)snprintf(text + n, sizeof text - n, " include:%d.%.*s", i, DC_FMT(question->name));
		(void)snprintf(text + n, sizeof text - n, " -all");
	} else if (question->type == DC_TYPE_TXT && fake->mode == HUGE_ANSWERS) {
		memset(text, 'x', sizeof text - 1);
		text[sizeof text - 1] = 0;
	} else {
		return dc_answer_new(&draft);
	}
	rr.rdata = (struct dc_slice){(char *)rdata, put_txt(rdata, text)};
	draft.outcome = DC_OUTCOME_ANSWER;
	draft.rrs = &rr;
	draft.rr_count = 1;
	return dc_answer_new(&draft);
}

static void fake_submit(struct dc_source *source, struct dc_fetch *fetch)
{
	struct fake *fake = (struct fake *)source;
	fake->asked++;
	if (fake->mode == SILENT)
		return;
	if (fake->hold) {
		fetch->next = fake->held;
		fake->held = fetch;
		return;
	}
	fetch->done(fetch, make(fake, &fetch->question));
}

static void release(struct fake *fake)
{
	while (fake->held) {
		struct dc_fetch *fetch = fake->held;
		fake->held = fetch->next;
		fetch->done(fetch, make(fake, &fetch->question));
	}
}

static void fake_free(struct dc_source *source)
{
}

static const struct dc_source_ops fake_ops = {"fake", fake_claims, fake_submit, fake_free};

/* ---- a gather over it ---- */

struct rig {
	struct fake fake;
	struct dc_source *sources[1];
	struct dc_loop *loop;
	struct dc_gather *gather;
	size_t finished;
};

static void count_finished(struct dc_audit_run *audit)
{
	((struct rig *)audit->user)->finished++;
}

static void rig_open_for(struct rig *rig, enum mode mode, uint32_t time_ms, uint32_t work_ms)
{
	*rig = (struct rig){.fake = {.source = {&fake_ops}, .mode = mode}};
	rig->sources[0] = &rig->fake.source;
	rig->loop = dc_loop_new();
	struct dc_gather_options options = {.sources = rig->sources, .source_count = 1, .timed = true, .time_ms = time_ms,
					    .work_ms = work_ms};
	rig->gather = dc_gather_new(rig->loop, &options);
	assert_non_null(rig->gather);
}

static void rig_open(struct rig *rig, enum mode mode, uint32_t time_ms)
{
	rig_open_for(rig, mode, time_ms, 0);
}

static void rig_close(struct rig *rig)
{
	dc_gather_stop(rig->gather);
	dc_gather_free(rig->gather);
	dc_loop_free(rig->loop);
}

static void start(struct rig *rig, struct dc_audit_run *audit, const char *domain)
{
	*audit = (struct dc_audit_run){.inputs = {.domain = dc_slice_of(domain), .now_s = 1000}, .finished = count_finished,
				       .user = rig};
	/* many TXT questions, so that their answers add up */
	if (rig->fake.mode == HUGE_ANSWERS)
		audit->inputs.search = DC_SELECTORS_ALL;
	assert_true(dc_gather_start(rig->gather, audit));
}

static void run_until(struct rig *rig, size_t finished)
{
	for (int turns = 0; rig->finished < finished && turns < 10000; turns++)
		assert_true(dc_gather_run(rig->gather, 20));
	assert_int_equal(rig->finished, finished);
}

static bool has_finding(struct dc_audit_run *audit, enum dc_finding_id id)
{
	struct dc_finding_list list = {0};
	struct dc_check_run *runs;
	bool found = false;
	assert_false(DC_ARENA_GUARD(audit->arena));
	dc_checks_run(audit->arena, audit->facts, &runs, &list);
	for (size_t i = 0; i < list.count; i++)
		found |= list.items[i].id == id;
	return found;
}

/* ---- tests ---- */

static void first_round_asks_all_that_can_be_asked(void **state)
{
	static const struct {
		const char *name;
		uint16_t type;
	} first[] = {
		{"a.example", DC_TYPE_MX},	    {"a.example", DC_TYPE_TXT},		{"_dmarc.a.example", DC_TYPE_TXT},
		{"_mta-sts.a.example", DC_TYPE_TXT}, {"_smtp._tls.a.example", DC_TYPE_TXT},
		{"default._bimi.a.example", DC_TYPE_TXT}, {"a.example", DC_TYPE_NS},	{"a.example", DC_TYPE_SOA},
		{"google._domainkey.a.example", DC_TYPE_TXT}, {"_dmarc.example", DC_TYPE_TXT},
	};
	struct rig rig;
	struct dc_audit_run audit;
	rig_open(&rig, PLAIN, 0);
	rig.fake.hold = true;
	start(&rig, &audit, "a.example");
	assert_true(dc_gather_run(rig.gather, 0));
	for (size_t i = 0; i < sizeof first / sizeof *first; i++) {
		bool asked = false;
		for (const struct dc_fetch *fetch = rig.fake.held; fetch; fetch = fetch->next)
			asked |= fetch->question.type == first[i].type &&
				 dc_slice_eq(fetch->question.name, dc_slice_of(first[i].name));
		if (!asked)
			fail_msg("%s type %u is not asked in the first round", first[i].name, first[i].type);
	}
	rig.fake.hold = false;
	release(&rig.fake);
	run_until(&rig, 1);
	dc_audit_run_clear(&audit);
	rig_close(&rig);
}

static void equal_questions_are_asked_once(void **state)
{
	struct rig rig;
	struct dc_audit_run audits[20];
	rig_open(&rig, PLAIN, 0);
	rig.fake.hold = true;
	for (size_t i = 0; i < 20; i++)
		start(&rig, &audits[i], "a.example");
	assert_true(dc_gather_run(rig.gather, 0));
	size_t asked = rig.fake.asked;
	rig.fake.hold = false;
	release(&rig.fake);
	run_until(&rig, 20);
	assert_true(rig.fake.asked < asked + 100);
	assert_true(dc_gather_figures(rig.gather).shared > 18 * asked);
	for (size_t i = 0; i < 20; i++) {
		assert_int_equal(dc_evidence_count(audits[i].evidence), dc_evidence_count(audits[19].evidence));
		if (i < 19)
			dc_audit_run_clear(&audits[i]);
	}
	dc_audit_run_clear(&audits[19]);
	rig_close(&rig);
}

static void endless_tree_is_bounded(void **state)
{
	struct rig rig;
	struct dc_audit_run audit;
	rig_open(&rig, ENDLESS_INCLUDES, 0);
	start(&rig, &audit, "a.example");
	run_until(&rig, 1);
	assert_true(rig.fake.asked <= DC_QUESTIONS_MAX);
	assert_true(audit.facts->spf->lookups > 10);
	dc_audit_run_clear(&audit);
	rig_close(&rig);
}

static void silence_ends_with_the_time(void **state)
{
	struct rig rig;
	struct dc_audit_run audit;
	rig_open(&rig, SILENT, 100);
	start(&rig, &audit, "a.example");
	run_until(&rig, 1);
	assert_true(audit.facts->budget_spent[DC_BUDGET_TIME]);
	assert_int_equal(audit.facts->spf->class, DC_SPF_CLASS_TEMPERROR);
	assert_true(has_finding(&audit, DC_F_AUDIT_BUDGET_SPENT));
	assert_false(has_finding(&audit, DC_F_SPF_MISSING));
	dc_audit_run_clear(&audit);
	rig_close(&rig);
}

static void hard_work_ends(void **state)
{
	struct rig rig;
	struct dc_audit_run audit;
	rig_open_for(&rig, ENDLESS_INCLUDES, 0, 1);
	start(&rig, &audit, "a.example");
	run_until(&rig, 1);
	assert_true(audit.facts->budget_spent[DC_BUDGET_WORK]);
	assert_true(has_finding(&audit, DC_F_AUDIT_BUDGET_SPENT));
	dc_audit_run_clear(&audit);
	rig_close(&rig);
}

static void huge_answers_end_with_the_octets(void **state)
{
	struct rig rig;
	struct dc_audit_run audit;
	rig_open(&rig, HUGE_ANSWERS, 0);
	start(&rig, &audit, "a.b.c.d.e.f.g.h.i.j.example");
	run_until(&rig, 1);
	assert_true(audit.facts->budget_spent[DC_BUDGET_BYTES]);
	assert_true(has_finding(&audit, DC_F_AUDIT_BUDGET_SPENT));
	assert_true(dc_arena_used(audit.arena) < DC_AUDIT_MEMORY_MAX);
	dc_audit_run_clear(&audit);
	rig_close(&rig);
}

static void dropped_audits_leave_nothing(void **state)
{
	struct rig rig;
	struct dc_audit_run audits[5];
	rig_open(&rig, SILENT, 0);
	for (size_t i = 0; i < 5; i++)
		start(&rig, &audits[i], "a.example");
	assert_true(dc_gather_run(rig.gather, 0));
	assert_int_equal(dc_gather_running(rig.gather), 5);
	dc_gather_stop(rig.gather);
	for (size_t i = 0; i < 5; i++)
		dc_audit_run_clear(&audits[i]);
	dc_gather_free(rig.gather);
	dc_loop_free(rig.loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_round_asks_all_that_can_be_asked),
		cmocka_unit_test(equal_questions_are_asked_once),
		cmocka_unit_test(endless_tree_is_bounded),
		cmocka_unit_test(silence_ends_with_the_time),
		cmocka_unit_test(hard_work_ends),
		cmocka_unit_test(huge_answers_end_with_the_octets),
		cmocka_unit_test(dropped_audits_leave_nothing),
	};
	return cmocka_run_group_tests_name("gather", tests, NULL, NULL);
}

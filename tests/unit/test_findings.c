/* Findings: templates, fingerprints, verdicts, and the hold of the catalogue over what checks emit. The catalogue here is
 * the test's own: the linker prefers it to the library's. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "findings/catalogue.h"
#include "findings/emitter.h"

enum { BROKEN, ADVICE, UNKNOWN, ODD, ROWS };
_Static_assert((int)ROWS <= (int)DC_F_COUNT, "the catalogue is too small to borrow from");

#define WORDS(...) (const char *const[]){__VA_ARGS__ __VA_OPT__(,) NULL}
const struct dc_catalogue_row dc_catalogue_rows[DC_F_COUNT] = {
	[BROKEN] = {.slug = "a-broken", .check = "a-check", .severity = DC_SEVERITY_ERROR,
		.message = "{count} of {names} are broken", .why = "w", .fix = "publish exists:%{i}.{names} {nothing}",
		.references = WORDS("r"), .args = WORDS("count", "names")},
	[ADVICE] = {.slug = "a-advice", .check = "a-check", .severity = DC_SEVERITY_WARNING, .message = "{text}", .why = "w",
		.fix = "{text}{text}", .references = WORDS("r"), .args = WORDS("text")},
	[UNKNOWN] = {.slug = "a-unknown", .check = "a-check", .severity = DC_SEVERITY_WARNING, .inconclusive = true,
		.message = "{question} at {server}: {outcome} {extra}", .why = "w", .fix = "f", .references = WORDS("r"),
		.args = WORDS("extra", "question", "server", "outcome")},
	[ODD] = {.slug = "b-odd", .check = "b-check", .severity = DC_SEVERITY_NOTICE, .message = "{", .why = "w", .fix = "}{}",
		.references = WORDS("r"), .args = WORDS()},
};

struct bench {
	struct dc_arena *arena;
	struct dc_finding_list list;
	struct dc_emitter emitter;
};

static int set_up(void **state)
{
	struct bench *bench = calloc(1, sizeof(*bench));

	if (!bench)
		return -1;
	bench->arena = dc_arena_new(1 << 20);
	dc_emitter_init(&bench->emitter, bench->arena, "a-check", DC_S("example.com"), &bench->list);
	*state = bench;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *bench = *state;

	dc_arena_free(bench->arena);
	free(bench);
	return 0;
}

static void assert_slice(struct dc_slice s, const char *text)
{
	assert_int_equal(s.len, strlen(text));
	assert_memory_equal(s.ptr ? s.ptr : "", text, s.len);
}

static struct dc_finding *emit(struct bench *bench, enum dc_finding_id id, struct dc_where where,
			       const struct dc_arg *args)
{
	dc_emit(&bench->emitter, id, where, args);
	return &bench->list.items[bench->list.count - 1];
}

static void slugs_are_found(void **state)
{
	enum dc_finding_id id = (enum dc_finding_id)0;

	assert_true(dc_catalogue_find(DC_S("b-odd"), &id));
	assert_int_equal(id, ODD);
	assert_false(dc_catalogue_find(DC_S("b-od"), &id));
	assert_int_equal(id, ODD);
}

static void names_are_parsed(void **state)
{
	enum dc_severity severity = DC_SEVERITY_OFF;

	for (int i = DC_SEVERITY_OFF; i <= DC_SEVERITY_ERROR; i++) {
		assert_true(dc_severity_parse(dc_slice_of(dc_severity_name((enum dc_severity)i)), &severity));
		assert_int_equal(severity, i);
	}
	assert_false(dc_severity_parse(DC_S("fatal"), &severity));
	assert_string_equal(dc_verdict_name(DC_VERDICT_NOT_APPLICABLE), "not-applicable");
}

static void templates_are_filled_once(void **state)
{
	struct bench *bench = *state;
	struct dc_slice names[] = {DC_S("{count}"), DC_S("b"), DC_S("")};
	struct dc_finding *finding =
		emit(bench, (enum dc_finding_id)BROKEN, (struct dc_where){0},
		     DC_ARGS(dc_list("names", names, 3), dc_int("count", -12)));

	assert_slice(dc_finding_message(bench->arena, finding), "-12 of {count}, b,  are broken");
	assert_slice(dc_finding_fix(bench->arena, finding), "publish exists:%{i}.{count}, b,  {nothing}");
	assert_slice(finding->subject, "example.com");
	assert_string_equal(finding->args[0].name, "count"); /* in the order of the row */
	finding = emit(bench, (enum dc_finding_id)ADVICE, (struct dc_where){.subject = DC_S("x.example.com")},
		       DC_ARGS(dc_text("text", DC_S("{text}\0%"))));
	assert_int_equal(dc_finding_message(bench->arena, finding).len, 8);
	assert_int_equal(dc_finding_fix(bench->arena, finding).len, 16);
	assert_slice(finding->subject, "x.example.com");
	finding->id = (enum dc_finding_id)ODD;
	assert_slice(dc_finding_message(bench->arena, finding), "{");
	assert_slice(dc_finding_fix(bench->arena, finding), "}{}");
}

static void extreme_numbers_are_written(void **state)
{
	struct bench *bench = *state;
	struct dc_slice none;
	struct dc_finding *finding =
		emit(bench, (enum dc_finding_id)BROKEN, (struct dc_where){0},
		     DC_ARGS(dc_int("count", INT64_MIN), dc_list("names", &none, 0)));

	assert_slice(dc_finding_message(bench->arena, finding), "-9223372036854775808 of  are broken");
}

static struct dc_slice print_of(struct bench *bench, const char *subject, int64_t count, const char *one, const char *two)
{
	struct dc_slice names[] = {dc_slice_of(one), dc_slice_of(two)};

	return dc_finding_fingerprint(bench->arena,
				      emit(bench, (enum dc_finding_id)BROKEN,
					   (struct dc_where){.subject = dc_slice_of(subject)},
					   DC_ARGS(dc_int("count", count), dc_list("names", names, 2))));
}

static void fingerprints_identify(void **state)
{
	struct bench *bench = *state;
	struct dc_slice base = print_of(bench, "s", 1, "a", "b");

	assert_int_equal(base.len, 16);
	assert_true(dc_slice_eq(base, print_of(bench, "s", 2, "a", "b")));
	assert_true(dc_slice_eq(base, print_of(bench, "s", 1, "b", "a")));
	assert_false(dc_slice_eq(base, print_of(bench, "t", 1, "a", "b")));
	assert_false(dc_slice_eq(base, print_of(bench, "s", 1, "a", "c")));
	assert_false(dc_slice_eq(base, print_of(bench, "s", 1, "ab", "")));
	/* For ever: baselines hold these. */
	assert_slice(base, "3f8ee488c47dc066");
}

static struct dc_finding *emit_unanswered(struct bench *bench, enum dc_outcome outcome, const char *via)
{
	struct dc_answer answer = {
		.question = {.kind = DC_ASK_DNS, .type = DC_TYPE_TXT, .name = DC_S("_dmarc.example.com")},
		.outcome = outcome,
		.via = dc_slice_of(via),
	};

	dc_emit_unanswered(&bench->emitter, (enum dc_finding_id)UNKNOWN, (struct dc_where){.answer = &answer},
			   DC_ARGS(dc_text("extra", DC_S("e"))));
	return &bench->list.items[bench->list.count - 1];
}

static void unanswered_questions_are_named(void **state)
{
	struct bench *bench = *state;
	struct dc_slice first, second;
	struct dc_finding *finding = emit_unanswered(bench, DC_OUTCOME_TIMEOUT, "192.0.2.53:53");

	assert_slice(dc_finding_message(bench->arena, finding), "TXT _dmarc.example.com at 192.0.2.53:53: TIMEOUT e");
	first = dc_finding_fingerprint(bench->arena, finding);
	finding = emit_unanswered(bench, DC_OUTCOME_NOT_ASKED, "");
	assert_slice(dc_finding_message(bench->arena, finding), "TXT _dmarc.example.com at nobody: NOT_ASKED e");
	second = dc_finding_fingerprint(bench->arena, finding);
	assert_true(dc_slice_eq(first, second));
}

static enum dc_verdict verdict(const struct dc_emitter *emitter)
{
	return dc_findings_verdict(emitter->list->items, emitter->list->count, emitter->check, emitter->not_applicable);
}

static void verdicts_have_an_order(void **state)
{
	struct bench *bench = *state;
	struct dc_emitter *emitter = &bench->emitter;
	struct dc_slice none;

	assert_int_equal(verdict(emitter), DC_VERDICT_PASS);
	dc_not_applicable(emitter);
	assert_int_equal(verdict(emitter), DC_VERDICT_NOT_APPLICABLE);
	emit(bench, (enum dc_finding_id)ADVICE, (struct dc_where){0}, DC_ARGS(dc_text("text", DC_S("t"))))->severity =
		DC_SEVERITY_NOTICE;
	assert_int_equal(verdict(emitter), DC_VERDICT_NOT_APPLICABLE);
	emit(bench, (enum dc_finding_id)ADVICE, (struct dc_where){0}, DC_ARGS(dc_text("text", DC_S("t"))));
	assert_int_equal(verdict(emitter), DC_VERDICT_WARN);
	emit_unanswered(bench, DC_OUTCOME_SERVFAIL, "x");
	assert_int_equal(verdict(emitter), DC_VERDICT_INCONCLUSIVE);
	emit(bench, (enum dc_finding_id)BROKEN, (struct dc_where){0},
	     DC_ARGS(dc_int("count", 1), dc_list("names", &none, 0)));
	assert_int_equal(verdict(emitter), DC_VERDICT_FAIL);
	bench->list.items[bench->list.count - 1].waived = DC_S("known");
	assert_int_equal(verdict(emitter), DC_VERDICT_INCONCLUSIVE);
	/* However severe it is said to be, not knowing is no failure. */
	bench->list.items[bench->list.count - 2].severity = DC_SEVERITY_ERROR;
	assert_int_equal(verdict(emitter), DC_VERDICT_INCONCLUSIVE);
	bench->list.items[bench->list.count - 2].severity = DC_SEVERITY_OFF;
	assert_int_equal(verdict(emitter), DC_VERDICT_WARN);
}

static void findings_of_others_do_not_count(void **state)
{
	struct bench *bench = *state;
	struct dc_emitter other;

	emit(bench, (enum dc_finding_id)ADVICE, (struct dc_where){0}, DC_ARGS(dc_text("text", DC_S("t"))));
	dc_emitter_init(&other, bench->arena, "b-check", DC_S("example.com"), &bench->list);
	dc_emit(&other, (enum dc_finding_id)ODD, (struct dc_where){0}, NULL);
	assert_int_equal(verdict(&other), DC_VERDICT_PASS);
	assert_int_equal(dc_findings_verdict(bench->list.items, bench->list.count, "b-check", false), DC_VERDICT_PASS);
	assert_int_equal(dc_findings_verdict(bench->list.items, bench->list.count, "a-check", true), DC_VERDICT_WARN);
}

static void arguments_are_held_to_the_row(void **state)
{
	const struct dc_catalogue_row *row = dc_catalogue_row((enum dc_finding_id)BROKEN);
	struct dc_slice none;

	assert_null(dc_args_mismatch(row, DC_ARGS(dc_list("names", &none, 0), dc_int("count", 1)), false));
	assert_string_equal(dc_args_mismatch(row, NULL, false), "count");
	assert_string_equal(dc_args_mismatch(row, DC_ARGS(dc_int("count", 1)), false), "names");
	assert_string_equal(dc_args_mismatch(row, DC_ARGS(dc_int("count", 1), dc_int("count", 1)), false), "count");
	assert_string_equal(dc_args_mismatch(row, DC_ARGS(dc_int("more", 1)), false), "more");
	row = dc_catalogue_row((enum dc_finding_id)UNKNOWN);
	assert_null(dc_args_mismatch(row, DC_ARGS(dc_int("extra", 1)), true));
	assert_string_equal(dc_args_mismatch(row, DC_ARGS(dc_int("extra", 1)), false), "question");
	assert_string_equal(dc_args_mismatch(row, DC_ARGS(dc_int("extra", 1), dc_int("server", 1)), true), "server");
}

static void wrong_arguments_abort_a_debug_build(void **state)
{
	struct bench *bench = *state;
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		(void)signal(SIGABRT, SIG_DFL);
		(void)close(STDERR_FILENO);
		dc_emit(&bench->emitter, (enum dc_finding_id)BROKEN, (struct dc_where){0}, NULL);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
#ifdef NDEBUG
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
#else
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
#endif
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(slugs_are_found),
		TEST(names_are_parsed),
		TEST(templates_are_filled_once),
		TEST(extreme_numbers_are_written),
		TEST(fingerprints_identify),
		TEST(unanswered_questions_are_named),
		TEST(verdicts_have_an_order),
		TEST(findings_of_others_do_not_count),
		TEST(arguments_are_held_to_the_row),
		TEST(wrong_arguments_abort_a_debug_build),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

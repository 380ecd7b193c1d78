/* The public SPF test suites (see ../support/spf_suite.h), run through our evaluator.
 *
 *   test_spf_suite FILE STRICT-OR-LAX NUMBER-OF-CASES [KNOWN-DIFFERENCE...]
 *
 * A case named on the command line must differ: when it stops differing the test fails as well. Fails when the file is
 * not there. */
#include "../support/spf_suite.h"
#include "spf/spf.h"

struct own {
	int run, pass;
	bool lax;
	char **known;
};

struct run {
	struct dc_spf_query query;
	struct dc_spf_result result;
};

static void build(struct dc_asker *asker, void *data)
{
	struct run *run = data;
	dc_spf_check_host(asker, &run->query, &run->result);
}

static void run_case(struct suite *suite, struct world *w, yaml_document_t *doc, const struct suite_case *test)
{
	struct dc_arena *work = dc_arena_new(64u << 20), *hold = dc_arena_new(64u << 20), *texts = dc_arena_new(1u << 20);
	struct dc_evidence *evidence = dc_evidence_new(hold);
	struct own *own = suite->data;
	struct run run = {.query = {.lax = own->lax, .helo = test->helo, .domain = test->domain, .local = test->local, .ip = test->ip}};
	bool good, listed = false;

	world_run(w, work, evidence, 64, build, &run);
	good = suite_is_wanted(texts, doc, test->result, dc_spf_code_name(run.result.code));
	if (good && test->explanation && run.result.code == DC_SPF_FAIL) {
		struct dc_slice wanted = suite_octets(texts, test->explanation);
		if (dc_slice_eq(wanted, DC_S("DEFAULT")))
			wanted.len = 0;
		good = dc_slice_eq(wanted, run.result.explanation);
	}
	for (char **known = own->known; *known; known++)
		listed |= !strcmp(*known, test->name);
	own->run++;
	own->pass += good;
	if (good == listed) {
		suite->bad++;
		printf("not ok %s: got %s (%s) \"%.*s\" after \"%.*s\"%s\n", test->name, dc_spf_code_name(run.result.code),
		       dc_spf_problem_name(run.result.problem), DC_FMT(run.result.explanation), DC_FMT(run.result.mechanism),
		       listed ? ", which was listed as a known difference" : "");
	}
	dc_evidence_clear(evidence);
	dc_arena_free(work);
	dc_arena_free(hold);
	dc_arena_free(texts);
}

int main(int argc, char **argv)
{
	struct own own = {.known = argv + 4};
	struct suite suite = {.run = run_case, .data = &own};

	if (argc < 4) {
		fprintf(stderr, "usage: %s FILE strict|lax NUMBER-OF-CASES [KNOWN-DIFFERENCE...]\n", argv[0]);
		return 2;
	}
	own.lax = !strcmp(argv[2], "lax");
	suite_run_file(&suite, argv[1]);
	if (own.run != atoi(argv[3])) {
		printf("not ok: %d cases were run, %s are known\n", own.run, argv[3]);
		suite.bad++;
	}
	printf("%d/%d agree, %d unexpected\n", own.pass, own.run, suite.bad);
	return suite.bad != 0;
}

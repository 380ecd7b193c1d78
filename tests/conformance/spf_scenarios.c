/* Evaluates scenarios from standard input, for comparison with other implementations. A scenario:
 *
 *   ADDRESS HELO LOCAL DOMAIN FLAGS      FLAGS: "v" no void limit, "-" none
 *   NAME T text | NAME A address | NAME M preference host | NAME P host | NAME C target | NAME F (everything fails)
 *   .
 * Prints for each: CODE LOOKUPS VOIDS PROBLEM ROUNDS, a tab, EXPLANATION. */
#include "../support/world.h"
#include "spf/spf.h"

struct run {
	struct dc_spf_query query;
	struct dc_spf_result result;
};

static void build(struct dc_asker *asker, void *data)
{
	struct run *run = data;
	dc_spf_check_host(asker, &run->query, &run->result);
}

static void add(struct world *w, char *line)
{
	char *name = strtok(line, " "), *type = strtok(NULL, " "), *rest = strtok(NULL, "");
	unsigned preference;

	if (!name || !type)
		return;
	switch (*type) {
	case 'T':
		world_txt(w, name, rest ? rest : "");
		break;
	case 'A':
		world_ip(w, name, rest);
		break;
	case 'M':
		preference = (unsigned)strtoul(rest, &rest, 10);
		world_host(w, name, DC_TYPE_MX, preference, rest + 1);
		break;
	case 'P':
	case 'C':
		world_host(w, name, *type == 'P' ? DC_TYPE_PTR : DC_TYPE_CNAME, 0, rest);
		break;
	case 'F':
		world_fail(w, name, 0, DC_OUTCOME_SERVFAIL);
		break;
	default:
		break;
	}
}

int main(void)
{
	struct dc_arena *arena = dc_arena_new(64u << 20), *hold = dc_arena_new(64u << 20);
	char line[70000], first[1024];
	struct world w;

	world_init(&w);
	while (fgets(first, sizeof first, stdin)) {
		char *ip = strtok(first, " \n"), *helo = strtok(NULL, " \n"), *local = strtok(NULL, " \n"),
		     *domain = strtok(NULL, " \n"), *flags = strtok(NULL, " \n");
		struct run run = {.query = {.helo = dc_slice_of(helo), .local = dc_slice_of(local), .domain = dc_slice_of(domain)}};
		run.query.no_void_limit = flags && *flags == 'v';
		if (!ip || !dc_ip_parse(dc_slice_of(ip), &run.query.ip))
			return 2;
		while (fgets(line, sizeof line, stdin) && strcmp(line, ".\n") != 0) {
			line[strcspn(line, "\n")] = 0;
			add(&w, line);
		}
		dc_arena_reset(hold);
		struct dc_evidence *evidence = dc_evidence_new(hold);
		world_run(&w, arena, evidence, 64, build, &run);
		printf("%s %u %u %s %zu\t%.*s\n", dc_spf_code_name(run.result.code), (unsigned)run.result.lookups,
		       (unsigned)run.result.voids, dc_spf_problem_name(run.result.problem), w.rounds,
		       DC_FMT(run.result.explanation));
		dc_evidence_clear(evidence);
		world_reset(&w);
	}
	world_free(&w);
	dc_arena_free(arena);
	dc_arena_free(hold);
	return 0;
}

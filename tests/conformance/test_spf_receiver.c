/* The RFC 7208 suite (see ../support/spf_suite.h) through libspf2 in the real worker: which cases it gets wrong, what it says
 * instead, and why.
 *
 *   test_spf_receiver SUITE TABLE NUMBER-OF-CASES [--write]
 *
 * TABLE (libspf2.txt) names every case in which the answer of libspf2 is not one that the suite allows, under its cause. A case that
 * differs and is not there, one that no longer differs, and one that says something else fail. "(invalid)", a result that was never
 * set, is an answer of its own here. --write prints the cases as a table without causes. */
#include "../support/rig.h"
#include "../support/spf_suite.h"

enum { ROWS_MAX = 300, CAUSES_MAX = 60, CAUSE_MAX = 200 };

struct row {
	char name[64], answer[16];
	const char *cause;
	bool seen;
};

struct table {
	struct row rows[ROWS_MAX];
	size_t count, cause_count;
	char causes[CAUSES_MAX][CAUSE_MAX];
	int run, differ;
	bool write;
	struct rig rig;
};

/* "= cause", and below it lines of a case and an answer. */
static void read_table(struct table *table, const char *path)
{
	FILE *file = fopen(path, "r");
	char line[CAUSE_MAX];

	if (!file) {
		printf("not ok: %s cannot be read\n", path);
		exit(1);
	}
	while (fgets(line, sizeof(line), file)) {
		struct row *row = &table->rows[table->count];

		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '=') {
			if (table->cause_count == CAUSES_MAX)
				abort();
			snprintf(table->causes[table->cause_count++], sizeof(table->causes[0]), "%.*s", CAUSE_MAX - 1, line + 1);
		} else if (line[0] && line[0] != '#') {
			if (table->count == ROWS_MAX || !table->cause_count || sscanf(line, "%63s %15s", row->name, row->answer) != 2) {
				printf("not ok: %s: %s\n", path, line);
				exit(1);
			}
			row->cause = table->causes[table->cause_count - 1];
			table->count++;
		}
	}
	fclose(file);
}

static struct row *row_of(struct table *table, const char *name)
{
	for (size_t i = 0; i < table->count; i++)
		if (!strcmp(table->rows[i].name, name))
			return &table->rows[i];
	return NULL;
}

struct job {
	const struct suite_case *test;
	struct dc_receiver_spf spf;
};

static void build(struct dc_asker *asker, void *data)
{
	struct job *job = data;
	struct dc_slice from = job->test->from;
	char whole[1024];

	/* a MAIL FROM without a local part is "postmaster" at it (RFC 7208 4.3); the library wants it said */
	if (from.len && !job->test->local.len) {
		snprintf(whole, sizeof(whole), "postmaster@%.*s", DC_FMT(job->test->domain));
		from = dc_slice_of(whole);
	}
	dc_receiver_spf(asker, job->test->ip, job->test->helo, from, job->test->domain, &job->spf);
}

static void run_case(struct suite *suite, struct world *w, yaml_document_t *doc, const struct suite_case *test)
{
	struct table *table = suite->data;
	struct row *row = row_of(table, test->name);
	struct dc_arena *texts = dc_arena_new(1u << 20);
	struct job job = {.test = test};
	struct world own;
	char answer[32];
	bool good;

	rig_next(&table->rig);
	own = table->rig.world;
	table->rig.world = *w;
	rig_run(&table->rig, build, &job);
	*w = table->rig.world;
	table->rig.world = own;
	snprintf(answer, sizeof(answer), "%.*s", DC_FMT(job.spf.result));
	if (job.spf.fate != DC_RECEIVER_DONE)
		snprintf(answer, sizeof(answer), "fate-%d", (int)job.spf.fate);
	good = suite_is_wanted(texts, doc, test->result, answer);
	table->run++;
	table->differ += !good;
	if (row)
		row->seen = true;
	if (table->write && !good)
		printf("%s %s\n", test->name, answer);
	else if (!table->write && !good && !row) {
		printf("not ok %s: libspf2 says %s (%.*s), and no cause is known\n", test->name, answer, DC_FMT(job.spf.reason));
		suite->bad++;
	} else if (row && (good || strcmp(row->answer, answer) != 0)) {
		printf("not ok %s: libspf2 says %s%s; known: %s because of %s\n", test->name, answer, good ? ", which is right" : "",
		       row->answer, row->cause);
		suite->bad++;
	}
	dc_arena_free(texts);
}

int main(int argc, char **argv)
{
	static struct table table;
	struct suite suite = {.run = run_case, .data = &table};

	if (argc < 4) {
		fprintf(stderr, "usage: %s SUITE TABLE NUMBER-OF-CASES [--write]\n", argv[0]);
		return 2;
	}
	table.write = argc > 4;
	if (!table.write)
		read_table(&table, argv[2]);
	rig_open(&table.rig, NULL);
	suite_run_file(&suite, argv[1]);
	rig_close(&table.rig);
	for (size_t i = 0; i < table.count; i++)
		if (!table.rows[i].seen) {
			printf("not ok %s: no such case\n", table.rows[i].name);
			suite.bad++;
		}
	if (table.run != atoi(argv[3])) {
		printf("not ok: %d cases were run, %s are known\n", table.run, argv[3]);
		suite.bad++;
	}
	if (!table.write)
		printf("%d cases, in %d of them libspf2 leaves the standard, for %zu causes; %d unexpected\n", table.run, table.differ,
		       table.cause_count, suite.bad);
	return suite.bad != 0;
}

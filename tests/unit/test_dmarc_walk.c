/* Tree walk, policy discovery and effective policies against a small model that follows the steps of RFC 9989 section 4.10
 * one by one: query, drop, stop, remove a label. The model knows names only as numbers of labels. */
#include "../support/scene.h"
#include "dmarc/dmarc.h"

enum {
	LABELS_MAX = 128,
	DMARC_FITS = 123, /* of labels with one letter each; with _dmarc before more the name is too long */
};

/* What stands at _dmarc of the name with so many labels. */
enum content { NOTHING, RECORD, TWO_RECORDS, FAILURE };

struct place {
	enum content content;
	const char *p, *sp, *np; /* NULL: no such tag */
	bool t, rua;
	char psd; /* 'u' 'y' 'n' */
};

static struct place places[LABELS_MAX + 1]; /* by number of labels; those of the tested name */
static bool author_exists;

/* ---- the model ---- */

struct model {
	bool unknown;
	int org;         /* labels of the organizational domain */
	int location;    /* labels of the name whose record applies; 0: none */
	const char *policy, *effective; /* NULL: no DMARC */
};

static bool has_record(int labels)
{
	return places[labels].content == RECORD;
}

/* RFC 9989 4.10: the names at which the walk found a record, in order; false when a query failed. */
static bool model_walk(int start, int found[], int *count)
{
	int x = start;

	*count = 0;
	for (bool first = true; x > 0; first = false) {
		if (places[x].content == FAILURE)
			return false;
		if (has_record(x)) {
			found[(*count)++] = x;
			if (places[x].psd != 'u')
				return true;
		}
		x = first && x >= 8 ? 7 : x - 1;
	}
	return true;
}

/* RFC 9989 4.10.2 */
static int model_org(int start, const int found[], int count)
{
	int fewest = start;

	for (int i = 0; i < count; i++) {
		if (places[found[i]].psd == 'n')
			return found[i];
		if (places[found[i]].psd == 'y' && found[i] != start)
			return found[i] + 1;
	}
	for (int i = 0; i < count; i++)
		fewest = found[i];
	return fewest;
}

static bool valid(const char *policy)
{
	return policy && (!strcmp(policy, "none") || !strcmp(policy, "quarantine") || !strcmp(policy, "reject"));
}

static const char *lower(const char *policy)
{
	return !strcmp(policy, "reject") ? "quarantine" : "none";
}

static void model_apply(struct model *m, int location, bool self, bool exists)
{
	const struct place *r = &places[location];

	m->location = location;
	if (!valid(r->p) || (r->sp && !valid(r->sp)) || (r->np && !valid(r->np))) {
		m->policy = m->effective = r->rua ? "none" : NULL;
		return;
	}
	m->policy = r->p;
	if (!self && r->sp)
		m->policy = r->sp;
	if (!self && !exists && r->np)
		m->policy = r->np;
	m->effective = r->t ? lower(m->policy) : m->policy;
}

/* RFC 9989 4.10.1 for an author domain with so many labels. */
static struct model model_policy(int author, bool exists)
{
	struct model m = {0};
	int found[LABELS_MAX], count, start = author <= 8 ? author - 1 : 7, psd = 0, org;

	if (places[author].content == FAILURE)
		return (struct model){.unknown = true};
	if (has_record(author)) {
		model_apply(&m, author, true, exists);
		return m;
	}
	if (!model_walk(start, found, &count))
		return (struct model){.unknown = true};
	for (int i = 0; i < count; i++)
		psd = places[found[i]].psd == 'y' ? found[i] : psd;
	org = model_org(start, found, count);
	if (count && has_record(org) && (start != author || org != author))
		model_apply(&m, org, false, exists);
	else if (psd)
		model_apply(&m, psd, false, exists);
	return m;
}

/* ---- the world ---- */

static const struct dc_dmarc_facts *facts;
static char domain[1100];

static void name_of(int labels, char name[1100])
{
	size_t len = 0;

	for (int i = labels; i > 2; i--)
		len += (size_t)sprintf(name + len, "%c.", 'a' + i % 26);
	sprintf(name + len, labels == 1 ? "z" : "e.z");
}

static void publish(int labels)
{
	const struct place *r = &places[labels];
	char name[1200] = "_dmarc.", text[300];
	int len = sprintf(text, "v=DMARC1");

	name_of(labels, name + 7);
	if (r->content == FAILURE)
		world_fail(&world, name, DC_TYPE_TXT, DC_OUTCOME_SERVFAIL);
	if (r->content == NOTHING || r->content == FAILURE)
		return;
	if (r->p)
		len += sprintf(text + len, "; p=%s", r->p);
	if (r->sp)
		len += sprintf(text + len, "; sp=%s", r->sp);
	if (r->np)
		len += sprintf(text + len, ";np=%s", r->np);
	if (r->t)
		len += sprintf(text + len, "; t=y");
	if (r->rua)
		len += sprintf(text + len, "; rua=mailto:r@e.com");
	if (r->psd != 'u')
		sprintf(text + len, " ; psd=%c", r->psd);
	world_txt(&world, name, text);
	if (r->content == TWO_RECORDS)
		world_txt(&world, name, "v=DMARC1; p=reject; psd=n");
}

static void build(struct dc_asker *asker, void *data)
{
	facts = dc_dmarc_build(asker, dc_slice_of(domain), (struct dc_slice){0});
}

/* *ret_first: questions of the first round. */
static void look(int labels)
{
	scene_clear();
	name_of(labels, domain);
	for (int i = 1; i <= labels; i++)
		publish(i);
	if (author_exists)
		world_host(&world, domain, DC_TYPE_MX, 10, "mail.e.z");
	world_run(&world, arena, evidence, 20, build, NULL);
}

/* ---- comparing ---- */

static const char *text_of(enum dc_dmarc_policy policy)
{
	const char *name = dc_dmarc_policy_name(policy);

	return name ? name : policy == DC_DMARC_POLICY_ABSENT ? "-" : "?";
}

static void compare_verdict(const char *what, const struct model *m, const struct dc_dmarc_verdict *verdict)
{
	char location[1100] = "";

	if (m->location)
		name_of(m->location, location);
	if (m->unknown != (verdict->class == DC_DMARC_CLASS_UNKNOWN))
		fail_msg("%s of %s: known or not?", what, domain);
	if (m->unknown)
		return;
	if (!dc_slice_eq(verdict->location, dc_slice_of(location)))
		fail_msg("%s of %s: location %.*s, not %s", what, domain, DC_FMT(verdict->location), location);
	if (strcmp(text_of(verdict->policy), m->policy ? m->policy : "-") != 0 ||
	    strcmp(text_of(verdict->effective), m->effective ? m->effective : "-") != 0)
		fail_msg("%s of %s: %s %s, not %s %s", what, domain, text_of(verdict->policy), text_of(verdict->effective),
			 m->policy, m->effective);
}

static void compare(int labels)
{
	struct model self = model_policy(labels, author_exists), sub, gone;
	int found[LABELS_MAX], count;
	bool known = model_walk(labels, found, &count);
	char org[1100];

	places[labels + 1] = (struct place){0};
	sub = model_policy(labels + 1, true);
	gone = model_policy(labels + 1, false);
	look(labels);
	compare_verdict("policy", &self, &facts->now.name);
	compare_verdict("policy below", &sub, &facts->now.existing);
	compare_verdict("policy of missing names", &gone, &facts->now.missing);
	assert_int_equal(known, facts->now.org_domain.len > 0);
	if (!known)
		return;
	name_of(model_org(labels, found, count), org);
	if (!dc_slice_eq(facts->now.org_domain, dc_slice_of(org)))
		fail_msg("organizational domain of %s: %.*s, not %s", domain, DC_FMT(facts->now.org_domain), org);
}

static void clear(void)
{
	for (int i = 0; i <= LABELS_MAX; i++)
		places[i] = (struct place){.psd = 'u'};
	author_exists = true;
}

/* ---- tests ---- */

static const char *const policies[] = {NULL, "none", "quarantine", "reject", "rejct"};
static const char psds[] = "uyn";

/* Every combination of tags in one record, at the name, above it, at the top level, for a name that exists or not. */
static void test_tags(void **state)
{
	clear();
	for (unsigned i = 0; i < 5 * 5 * 5 * 2 * 2 * 3 * 4 * 2; i++) {
		unsigned n = i, at;
		struct place r = {.content = RECORD};

		r.p = policies[n % 5], n /= 5;
		r.sp = policies[n % 5], n /= 5;
		r.np = policies[n % 5], n /= 5;
		r.t = n % 2, n /= 2;
		r.rua = n % 2, n /= 2;
		r.psd = psds[n % 3], n /= 3;
		at = 4 - n % 4, n /= 4;
		author_exists = n % 2;
		places[at] = r;
		compare(4);
		places[at] = (struct place){.psd = 'u'};
	}
}

/* Everything that can stand at each of four steps: nothing, a plain record, psd=n, psd=y, two records, a failure. */
static void test_steps(void **state)
{
	static const struct place contents[] = {
		{NOTHING, .psd = 'u'},
		{RECORD, "reject", .sp = "quarantine", .psd = 'u'},
		{RECORD, "quarantine", .np = "reject", .psd = 'n'},
		{RECORD, "reject", .sp = "none", .psd = 'y'},
		{TWO_RECORDS, "reject", .psd = 'u'},
		{FAILURE, .psd = 'u'},
	};

	clear();
	for (unsigned i = 0; i < 6 * 6 * 6 * 6; i++) {
		for (unsigned k = 0, n = i; k < 4; k++, n /= 6)
			places[k + 1] = contents[n % 6];
		for (int labels = 1; labels <= 4; labels++)
			compare(labels);
	}
}

/* Names of 1 to 127 labels, with every kind of content at each step that a walk can reach, and just out of its reach. */
static void test_depth(void **state)
{
	static const char kinds[] = "uynf2";

	for (int labels = 1; labels <= 127; labels++) {
		clear();
		compare(labels);
		assert_true(facts->walk.count <= DC_DMARC_WALK_MAX);
		assert_int_equal(facts->walk.count, labels < 8 ? labels : 8);
		for (int at = labels; at > 0; at = at > 10 && at < labels ? 10 : at - 1) {
			for (const char *kind = kinds; *kind; kind++) {
				clear();
				places[2] = (struct place){RECORD, "quarantine", .sp = "reject", .psd = 'u'};
				places[at] = (struct place){*kind == 'f' ? FAILURE : *kind == '2' ? TWO_RECORDS : RECORD,
							    "reject", .sp = "none", .psd = strchr("yn", *kind) ? *kind : 'u'};
				if (at > DMARC_FITS)
					places[at] = (struct place){.psd = 'u'};
				compare(labels);
			}
		}
	}
}

/* RFC 9989 4.10: thirteen labels. */
static void test_example(void **state)
{
	static const char *const expected[] = {
		"a.b.c.d.e.f.g.h.i.j.mail.example.com", "g.h.i.j.mail.example.com", "h.i.j.mail.example.com",
		"i.j.mail.example.com", "j.mail.example.com", "mail.example.com", "example.com", "com",
	};

	strcpy(domain, expected[0]);
	world_run(&world, arena, evidence, 20, build, NULL);
	assert_int_equal(facts->walk.count, 8);
	for (size_t i = 0; i < 8; i++)
		assert_true(dc_slice_eq(facts->walk.nodes[i].domain, dc_slice_of(expected[i])));
	/* Names depend on nothing: one round, and one more for the record that may stand at a doubled name. */
	assert_int_equal(world.rounds, 2);
}

static void build_org(struct dc_asker *asker, void *data)
{
	struct dc_slice org = DC_S("open");
	bool done = dc_dmarc_org_domain(asker, dc_slice_of(domain), &org);

	assert_int_equal(done, asker->open_count == 0);
	*(struct dc_slice *)data = done ? dc_arena_dup(keep, org) : DC_S("open");
}

static void test_failures_by_outcome(void **state)
{
	for (enum dc_outcome outcome = DC_OUTCOME_SERVFAIL; outcome < DC_OUTCOME_COUNT; outcome++) {
		for (int at = 1; at <= 3; at++) {
			char name[1200] = "_dmarc.";
			struct dc_slice org;
			/* A zone file knows nothing of top-level domains: that step alone is taken for "no record". */
			bool assumed = at == 1 && outcome == DC_OUTCOME_OUT_OF_SOURCE;

			clear();
			scene_clear();
			name_of(at, name + 7);
			name_of(3, domain);
			world_fail(&world, name, DC_TYPE_TXT, outcome);
			world_run(&world, arena, evidence, 20, build, NULL);
			assert_int_equal(facts->now.name.class, assumed ? DC_DMARC_CLASS_NONE : DC_DMARC_CLASS_UNKNOWN);
			if (!assumed) {
				assert_non_null(facts->now.name.blocked);
				assert_true(dc_slice_eq(facts->now.name.blocked->name, dc_slice_of(name)));
			}
			world_run(&world, arena, evidence, 20, build_org, &org);
			assert_int_equal(org.len > 0, assumed);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCENE(test_tags),
		IN_SCENE(test_steps),
		IN_SCENE(test_depth),
		IN_SCENE(test_example),
		IN_SCENE(test_failures_by_outcome),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

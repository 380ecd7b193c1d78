/* What a job of the receiver costs: CPU time of this process and of the worker, and time on the clock, for SPF, keys and a
 * message; with evidence that the worker has, and with an audit of its own for each job. Fails at ten times the targets
 * (100 us an SPF job, 150 us a key), which is a fault and not a slow machine. */
#include <time.h>

#include "../support/keys.h"
#include "../support/rig.h"

enum { BATCH = 100, ROUNDS = 30, FILLER = 150, SPF_TARGET_US = 100, KEY_TARGET_US = 150, FAULT = 10 };

static struct rig rig;
static size_t left, broken;

static double clock_us(clockid_t clock)
{
	struct timespec t = {0, 0};

	clock_gettime(clock, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void done(struct dc_receiver_call *call, struct dc_answer *answer, const struct dc_question *missing, size_t count)
{
	left--;
	if (!answer || !dc_slice_starts(answer->data, DC_S("done")))
		broken++;
	dc_answer_unref(answer);
}

/* CPU microseconds a job. `fresh`: each job has evidence that the worker has not seen. */
static double bench(const char *what, struct dc_question job, bool fresh)
{
	static struct dc_receiver_call calls[BATCH];
	struct dc_arena *arenas[BATCH];
	clockid_t worker = CLOCK_MONOTONIC;
	double host0, worker0, wall0, host, work, wall;
	pid_t nursery;

	clock_getcpuclockid(dc_receiver_pids(rig.receiver, &nursery), &worker);
	for (int i = 0; i < BATCH; i++) {
		calls[i] = (struct dc_receiver_call){.job = job, .evidence = rig.evidence, .done = done};
		arenas[i] = NULL;
		if (fresh) {
			struct dc_evidence *evidence = dc_evidence_new(arenas[i] = dc_arena_new(4 << 20));

			for (size_t k = 0; k < dc_evidence_count(rig.evidence); k++)
				dc_evidence_add(evidence, dc_answer_ref((struct dc_answer *)dc_evidence_at(rig.evidence, k)));
			calls[i].evidence = evidence;
		}
	}
	host0 = clock_us(CLOCK_PROCESS_CPUTIME_ID);
	worker0 = clock_us(worker);
	wall0 = clock_us(CLOCK_MONOTONIC);
	for (int round = 0; round < ROUNDS; round++) {
		left = BATCH;
		for (int i = 0; i < BATCH; i++)
			dc_receiver_submit(rig.receiver, &calls[i]);
		while (left)
			dc_loop_run(rig.loop, -1);
	}
	host = (clock_us(CLOCK_PROCESS_CPUTIME_ID) - host0) / (BATCH * ROUNDS);
	work = (clock_us(worker) - worker0) / (BATCH * ROUNDS);
	wall = (clock_us(CLOCK_MONOTONIC) - wall0) / (BATCH * ROUNDS);
	printf("%-34s host %6.1f us, worker %6.1f us, clock %6.1f us a job\n", what, host, work, wall);
	for (int i = 0; i < BATCH; i++)
		if (arenas[i]) {
			dc_evidence_clear((struct dc_evidence *)calls[i].evidence);
			dc_arena_free(arenas[i]);
		}
	return host + work;
}

static void fill_world(void)
{
	static const char *const includes[] = {"n1.example.net", "n2.example.net", "n3.example.net"};
	gmp_randstate_t random;
	mpz_t n, e;

	world_txt(&rig.world, "example.com", "v=spf1 a mx include:_spf.example.net include:_spf.example.org -all");
	world_txt(&rig.world, "_spf.example.net", "v=spf1 include:n1.example.net include:n2.example.net include:n3.example.net ~all");
	world_txt(&rig.world, "_spf.example.org", "v=spf1 ip4:192.0.2.0/24 ip4:198.51.100.0/24 ~all");
	for (size_t i = 0; i < 3; i++)
		world_txt(&rig.world, includes[i],
			  "v=spf1 ip4:192.0.2.0/25 ip4:198.51.100.0/25 ip6:2001:db8::/32 ip4:192.0.2.128/26 ip4:198.51.100.128/26 ~all");
	world_host(&rig.world, "example.com", DC_TYPE_MX, 10, "mx.example.com");
	world_ip(&rig.world, "mx.example.com", "192.0.2.77");
	world_ip(&rig.world, "example.com", "192.0.2.78");
	gmp_randinit_default(random);
	mpz_init(n);
	mpz_init_set_ui(e, 65537);
	key_modulus(random, 2048, n);
	world_txt(&rig.world, "s._domainkey.example.com", key_record(n, e));
	mpz_clears(n, e, NULL);
	gmp_randclear(random);
}

/* Guessed selectors that do not exist, as an audit has them. */
static void fill_evidence(void)
{
	char name[64];

	for (int i = 0; i < FILLER; i++) {
		struct dc_answer draft = {.question = {.type = DC_TYPE_TXT}, .outcome = DC_OUTCOME_NXDOMAIN, .ede = -1};

		snprintf(name, sizeof(name), "selector%d._domainkey.example.com", i);
		draft.question.name = dc_slice_of(name);
		dc_evidence_add(rig.evidence, dc_answer_new(&draft));
	}
}

int main(void)
{
	struct dc_receiver_job spf = {.kind = DC_RECEIVER_JOB_SPF, .domain = DC_S("example.com"), .helo = DC_S("mail.example.net"),
				      .mail_from = DC_S("user@example.com")};
	struct dc_receiver_job key = {.kind = DC_RECEIVER_JOB_KEY, .domain = DC_S("example.com"), .selector = DC_S("s"),
				      .algorithm = DC_S("rsa-sha256")};
	struct dc_arena *arena = dc_arena_new(1 << 20);
	struct dc_question spf_job, key_job;
	double spf_us, key_us;

	rig_open(&rig, NULL);
	fill_world();
	dc_ip_parse(DC_S("203.0.113.9"), &spf.ip);
	spf_job = dc_receiver_job_question(arena, &spf);
	key_job = dc_receiver_job_question(arena, &key);
	if (!rig_is(rig_spf(&rig, "203.0.113.9", "example.com").result, "fail") ||
	    !rig_is(rig_key(&rig, "s", "example.com", "rsa-sha256").name, "ok"))
		broken++;
	fill_evidence();
	spf_us = bench("SPF, nine lookups", spf_job, false);
	bench("SPF, 160 answers sent each time", spf_job, true);
	key_us = bench("key, RSA 2048", key_job, false);
	bench("key, 160 answers sent each time", key_job, true);
	rig_close(&rig);
	dc_arena_free(arena);
	return broken || spf_us > FAULT * SPF_TARGET_US || key_us > FAULT * KEY_TARGET_US;
}

/* How long one SPF evaluation of a ten-lookup tree takes from evidence, beside libspf2 over its own table in memory, in
 * the same run. Prints microseconds an evaluation (best of the rounds); fails when ours does not answer what it must, or
 * takes longer than a millisecond. */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <arpa/nameser.h>
#include <spf2/spf.h>
#include <spf2/spf_dns_zone.h>

#include "../support/world.h"
#include "spf/spf.h"

enum { ROUNDS = 15, EVALUATIONS = 2000 };

/* Ten lookups for an address that matches nothing but the last term. */
static const struct {
	const char *name;
	ns_type type;
	const char *data;
} zone[] = {
	{"example.com", ns_t_txt, "v=spf1 ip4:198.51.100.0/28 include:_spf.one.example include:_spf.two.example a:mail.example.com "
				  "mx exists:%{i}._e.example.com include:_spf.three.example -all"},
	{"_spf.one.example", ns_t_txt, "v=spf1 include:_n1.one.example include:_n2.one.example include:_n3.one.example ~all"},
	{"_n1.one.example", ns_t_txt, "v=spf1 ip4:203.0.113.0/26 ip4:203.0.113.64/26 ip4:203.0.113.128/26 ip6:2001:db8:1::/48 ~all"},
	{"_n2.one.example", ns_t_txt, "v=spf1 ip4:203.0.113.192/27 ip4:198.18.0.0/20 ip4:198.18.32.0/20 ip4:198.18.64.0/20 ~all"},
	{"_n3.one.example", ns_t_txt, "v=spf1 ip4:198.19.0.0/20 ip4:198.19.32.0/20 ip6:2001:db8:2::/48 ~all"},
	{"_spf.two.example", ns_t_txt, "v=spf1 ip4:198.51.100.128/27 a:out.two.example -all"},
	{"out.two.example", ns_t_a, "198.51.100.200"},
	{"mail.example.com", ns_t_a, "198.51.100.201"},
	{"example.com", ns_t_mx, "mx1.example.com"},
	{"mx1.example.com", ns_t_a, "198.51.100.202"},
	{"_spf.three.example", ns_t_txt, "v=spf1 ip4:192.0.2.0/24 -all"},
};

static double now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* ---- ours ---- */

static struct dc_spf_query query;
static struct dc_spf_result result;
static const struct dc_spf_facts *facts;

static void evaluate(struct dc_asker *asker, void *data)
{
	dc_spf_check_host(asker, &query, &result);
}

static void audit(struct dc_asker *asker, void *data)
{
	facts = dc_spf_build(asker, DC_S("example.com"));
}

static double time_ours(struct dc_arena *arena, struct dc_evidence *evidence,
			void (*build)(struct dc_asker *asker, void *data))
{
	double best = 1e12;
	for (int round = 0; round < ROUNDS; round++) {
		double start = now_us();
		for (int i = 0; i < EVALUATIONS; i++) {
			struct dc_asker asker = {.evidence = evidence, .arena = arena};
			dc_arena_reset(arena);
			build(&asker, NULL);
		}
		double took = (now_us() - start) / EVALUATIONS;
		best = took < best ? took : best;
	}
	return best;
}

/* ---- libspf2 ---- */

static double time_theirs(SPF_result_t *ret_result)
{
	SPF_dns_server_t *dns = SPF_dns_zone_new(NULL, "zone", 0);
	SPF_server_t *server = SPF_server_new_dns(dns, 0);
	double best = 1e12;

	SPF_server_set_rec_dom(server, "receiver.example");
	for (size_t i = 0; i < sizeof zone / sizeof *zone; i++)
		SPF_dns_zone_add_str(dns, zone[i].name, zone[i].type, NETDB_SUCCESS, zone[i].data);
	for (int round = 0; round < ROUNDS; round++) {
		double start = now_us();
		for (int i = 0; i < EVALUATIONS; i++) {
			SPF_request_t *request = SPF_request_new(server);
			SPF_response_t *response = NULL;
			SPF_request_set_ipv4_str(request, "192.0.2.7");
			SPF_request_set_helo_dom(request, "mail.example.com");
			SPF_request_set_env_from(request, "joe@example.com");
			SPF_request_query_mailfrom(request, &response);
			*ret_result = SPF_response_result(response);
			SPF_response_free(response);
			SPF_request_free(request);
		}
		double took = (now_us() - start) / EVALUATIONS;
		best = took < best ? took : best;
	}
	SPF_server_free(server);
	return best;
}

int main(void)
{
	struct dc_arena *arena = dc_arena_new(16u << 20), *hold = dc_arena_new(16u << 20);
	struct dc_evidence *evidence = dc_evidence_new(hold);
	struct world w;
	SPF_result_t theirs;

	world_init(&w);
	for (size_t i = 0; i < sizeof zone / sizeof *zone; i++) {
		if (zone[i].type == ns_t_txt)
			world_txt(&w, zone[i].name, zone[i].data);
		else if (zone[i].type == ns_t_mx)
			world_host(&w, zone[i].name, DC_TYPE_MX, 10, zone[i].data);
		else
			world_ip(&w, zone[i].name, zone[i].data);
	}
	query = (struct dc_spf_query){.ip = {4, {192, 0, 2, 7}}, .helo = DC_S("mail.example.com"), .local = DC_S("joe"),
				      .domain = DC_S("example.com")};
	world_run(&w, arena, evidence, 20, evaluate, NULL);
	size_t rounds = w.rounds;
	world_run(&w, arena, evidence, 20, audit, NULL);
	double ours_us = time_ours(arena, evidence, evaluate), audit_us = time_ours(arena, evidence, audit);
	double theirs_us = time_theirs(&theirs);
	printf("ours     %7.1f us an evaluation: %s after %u lookups, %zu rounds to gather\n", ours_us,
	       dc_spf_code_name(result.code), (unsigned)result.lookups, rounds);
	printf("libspf2  %7.1f us an evaluation: %s\n", theirs_us, SPF_strresult(theirs));
	printf("audit    %7.1f us the whole tree: %u lookups\n", audit_us, (unsigned)facts->lookups);
	bool good = result.code == DC_SPF_PASS && result.lookups == 10 && facts->lookups == 10 && ours_us < 1000;
	dc_evidence_clear(evidence);
	world_free(&w);
	dc_arena_free(arena);
	dc_arena_free(hold);
	return good ? 0 : 1;
}

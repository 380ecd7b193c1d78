/* The answers of dns/zone.h beside those of NSD, which serves the same files on loopback. Agreement over every name and type
 * below is the proof that wildcards, empty non-terminals, aliases, DNAME and delegations are understood rightly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dns/packet.h"
#include "dns/rdata_text.h"
#include "dns/zone.h"
#include "source/file.h"

static const char *const zone_names[] = {"cmp.example", "child.cmp.example"};

static const char *const names[] = {
	"", "ns1", "mx1", "nothing", "x.nothing", "upper", "a.b.c.d", "b.c.d", "c.d", "d", "x.d", "x.c.d", "x.a.b.c.d", "_dmarc",
	"x._dmarc", "_domainkey", "s1._domainkey", "s2._domainkey", "_tcp.mx1", "_25._tcp.mx1", "_26._tcp.mx1", "w", "*.w",
	"host3.w", "foo.bar.w", "host1.w", "x.host1.w", "sub.*.w", "x.sub.*.w", "ghost.*.w", "_telnet._tcp.host1.w", "_tcp.host1.w",
	"_ssh._tcp.host1.w", "_tcp.host2.w", "host2.w", "x.host2.w", "deleg.w", "host.deleg.w", "e", "x.e", "*.e", "x.*.e", "y.x.e",
	"wc", "x.wc", "y.x.wc", "*.wc", "x.wo", "x.wd", "real.wd", "other.wd", "y.lw", "c1", "c2", "c3", "cnx", "cent", "cout", "capex",
	"cchild", "cdeleg", "cwild", "cdname", "x.c1", "loop1", "deleg", "ns.deleg", "sub.deleg", "other.deleg", "child", "ns.child",
	"www.child", "no.child", "up.child", "x.w.child", "w.child", "dn", "www.dn", "other.dn", "a.b.dn", "target", "www.target",
	"any.target", "dout", "x.dout", "a.x.dout", "y.dloop", "long", "x.long", "odd\\.dot", "odd\\032blank", "odd", "*.star",
	"x.star", "star",
	"ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd.long",
};
static const uint16_t types[] = {DC_TYPE_A,  DC_TYPE_TXT, DC_TYPE_MX, DC_TYPE_NS,    DC_TYPE_SOA, DC_TYPE_CNAME,
				 DC_TYPE_DS, DC_TYPE_SRV, DC_TYPE_CAA, DC_TYPE_DNAME, DC_TYPE_TLSA, 65280};

struct nsd {
	char folder[64];
	pid_t pid;
	uint16_t port;
	int fd; /* connected */
};

/* ---- NSD ---- */

static uint16_t free_port(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof address;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	(void)close(fd);
	return ntohs(address.sin_port);
}

static void write_config(struct nsd *nsd, char path[128])
{
	struct dc_buf text;
	struct dc_error err;
	dc_buf_init(&text, 1 << 16);
	dc_buf_printf(&text,
		      "server:\n ip-address: 127.0.0.1@%u\n username: \"\"\n chroot: \"\"\n server-count: 1\n verbosity: 0\n"
		      " database: \"\"\n zonesdir: \"%s\"\n zonelistfile: \"%s/list\"\n logfile: \"%s/log\"\n pidfile: \"\"\n"
		      " xfrdfile: \"%s/xfrd\"\n xfrdir: \"%s\"\n refuse-any: no\n rrl-ratelimit: 0\n tcp-count: 4\n"
		      "remote-control:\n control-enable: no\n",
		      nsd->port, DC_SOURCE_ROOT "/tests/unit/zones", nsd->folder, nsd->folder, nsd->folder, nsd->folder);
	for (size_t i = 0; i < 2; i++)
		dc_buf_printf(&text, "zone:\n name: %s\n zonefile: %s.zone\n", zone_names[i], zone_names[i]);
	(void)snprintf(path, 128, "%s/nsd.conf", nsd->folder);
	assert_int_equal(dc_file_write(path, dc_buf_slice(&text), &err), DC_OK);
	dc_buf_free(&text);
}

static bool ask(struct nsd *nsd, struct dc_arena *arena, struct dc_answer *draft, struct dc_packet *ret_packet)
{
	static uint8_t reply[65536];
	uint8_t query[DC_PACKET_QUERY_MAX];
	static uint16_t id;
	struct dc_packet_query how = {.id = ++id, .edns_size = 4096};
	size_t len = dc_packet_query(&how, &draft->question, query);
	assert_true(len > 0);
	if (send(nsd->fd, query, len, 0) < 0)
		return false;
	for (;;) {
		struct pollfd wait = {.fd = nsd->fd, .events = POLLIN};
		if (poll(&wait, 1, 2000) <= 0)
			return false;
		ssize_t got = recv(nsd->fd, reply, sizeof reply, 0);
		if (got < 0)
			return false;
		if (got > 2 && reply[0] == id >> 8 && reply[1] == (id & 255) &&
		    dc_packet_matches(reply, (size_t)got, &draft->question)) {
			dc_packet_read(arena, reply, (size_t)got, draft, ret_packet);
			return true;
		}
	}
}

static int stop(void **state)
{
	struct nsd *nsd = *state;
	static const char *const files[] = {"nsd.conf", "list", "log", "xfrd"};
	char path[128];
	if (!nsd)
		return 0;
	(void)close(nsd->fd);
	(void)kill(-nsd->pid, SIGTERM);
	(void)waitpid(nsd->pid, NULL, 0);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", nsd->folder, files[i]);
		(void)unlink(path);
	}
	(void)rmdir(nsd->folder);
	return 0;
}

static int start(void **state)
{
	static struct nsd nsd = {.folder = "/tmp/dc-nsd-XXXXXX"};
	char config[128];
	if (access("/usr/sbin/nsd", X_OK) != 0)
		return 0; /* nothing to compare with */
	assert_non_null(mkdtemp(nsd.folder));
	nsd.port = free_port();
	write_config(&nsd, config);
	nsd.pid = fork();
	if (nsd.pid == 0) {
		(void)setpgid(0, 0);
		(void)execl("/usr/sbin/nsd", "nsd", "-d", "-c", config, NULL);
		_exit(127);
	}
	(void)setpgid(nsd.pid, nsd.pid);
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_port = htons(nsd.port)};
	nsd.fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(nsd.fd, (struct sockaddr *)&address, sizeof address), 0);
	struct dc_arena *arena = dc_arena_new(1 << 22);
	bool up = false;
	for (int i = 0; i < 100 && !up; i++) {
		struct dc_answer draft = {.question = {DC_ASK_DNS, DC_TYPE_SOA, DC_S("child.cmp.example"), {0}}};
		struct dc_packet packet;
		up = ask(&nsd, arena, &draft, &packet) && draft.outcome == DC_OUTCOME_ANSWER;
		if (!up)
			(void)usleep(100 * 1000);
	}
	dc_arena_free(arena);
	*state = &nsd;
	if (!up)
		(void)stop(state); /* cmocka does not, after a failure here */
	return up ? 0 : -1;
}

/* ---- comparing ---- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* "OUTCOME" and the records, sorted: a server may turn a set round. */
static void show(const struct dc_answer *answer, struct dc_buf *out)
{
	char *lines[64] = {0}, type[16];
	size_t count = answer->rr_count < 64 ? answer->rr_count : 64;
	struct dc_buf line;
	dc_buf_init(&line, 1 << 20);
	for (size_t i = 0; i < count; i++) {
		dc_buf_reset(&line);
		dc_buf_printf(&line, "\n  %.*s %s %u ", DC_FMT(answer->rrs[i].owner), dc_type_name(answer->rrs[i].type, type),
			      answer->rrs[i].ttl_s);
		dc_rdata_to_text(&line, answer->rrs[i].type, answer->rrs[i].rdata);
		dc_buf_putc(&line, 0);
		lines[i] = strdup(line.ptr);
	}
	qsort(lines, count, sizeof *lines, by_text);
	dc_buf_reset(out);
	dc_buf_puts(out, dc_outcome_name(answer->outcome));
	if (!dc_outcome_is_known(answer->outcome) || answer->outcome == DC_OUTCOME_ANSWER)
		dc_buf_puts(out, "");
	else
		dc_buf_printf(out, " ttl=%u", answer->ttl_s);
	for (size_t i = 0; i < count; i++) {
		dc_buf_puts(out, lines[i]);
		free(lines[i]);
	}
	dc_buf_putc(out, 0);
	dc_buf_free(&line);
}

/* What NSD must have said when we say `ours`: it knows no OUT_OF_SOURCE and no loops. */
static const char *disagreement(const struct dc_answer *ours, const struct dc_answer *theirs, const struct dc_packet *packet,
				struct dc_buf *a, struct dc_buf *b)
{
	show(ours, a);
	show(theirs, b);
	if (dc_outcome_is_known(ours->outcome))
		return strcmp(a->ptr, b->ptr) == 0 ? NULL : "outcome, negative TTL or records differ";
	if (ours->outcome == DC_OUTCOME_SERVFAIL)
		return packet->looped || packet->follow.len ? NULL : "no loop there"; /* or it gave up half-way */
	if (ours->outcome == DC_OUTCOME_REFUSED)
		return ours->rcode == theirs->rcode ? NULL : "rcode differs";
	if (ours->rr_count == 0)
		return theirs->rr_count == 0 && theirs->outcome == DC_OUTCOME_REFUSED ? NULL : "no referral or refusal";
	const char *records = strchr(a->ptr, '\n'), *there = strchr(b->ptr, '\n');
	return there && strcmp(records, there) == 0 ? NULL : "the chain that leads out differs";
}

static void agrees(void **state)
{
	struct nsd *nsd = *state;
	if (!nsd)
		skip();
	struct dc_arena *arena = dc_arena_new(DC_PACKET_SCRATCH_MAX);
	struct dc_zones *zones = dc_zones_new();
	struct dc_buf bytes, a, b;
	struct dc_error err;
	size_t asked = 0, wrong = 0;
	dc_buf_init(&bytes, 1 << 20);
	dc_buf_init(&a, 1 << 20);
	dc_buf_init(&b, 1 << 20);
	for (size_t i = 0; i < 2; i++) {
		char path[256];
		(void)snprintf(path, sizeof path, "%s/tests/unit/zones/%s.zone", DC_SOURCE_ROOT, zone_names[i]);
		dc_buf_reset(&bytes);
		if (dc_file_read(path, &bytes, &err) != DC_OK || dc_zones_parse(zones, path, dc_buf_slice(&bytes), &err) != DC_OK)
			fail_msg("%s", err.message);
	}
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		for (size_t k = 0; k < sizeof types / sizeof *types; k++) {
			char name[300], type[16];
			(void)snprintf(name, sizeof name, "%s%scmp.example", names[i], names[i][0] ? "." : "");
			struct dc_answer theirs = {.question = {DC_ASK_DNS, types[k], dc_slice_of(name), {0}}, .ede = -1};
			struct dc_packet packet = {0};
			/* NSD says NODATA from below; only the parent knows, and its zone is not loaded. */
			if (types[k] == DC_TYPE_DS && !names[i][0])
				continue;
			struct dc_answer *ours = dc_zones_answer(zones, &theirs.question);
			dc_arena_reset(arena);
			assert_true(ask(nsd, arena, &theirs, &packet));
			const char *why = disagreement(ours, &theirs, &packet, &a, &b);
			if (why)
				print_error("%s %s: %s\nours: %s\nNSD: %s\n", name, dc_type_name(types[k], type), why, a.ptr, b.ptr);
			wrong += why != NULL;
			asked++;
			dc_answer_unref(ours);
		}
	print_message("%zu questions, %zu answers differ\n", asked, wrong);
	dc_buf_free(&bytes);
	dc_buf_free(&a);
	dc_buf_free(&b);
	dc_zones_free(zones);
	dc_arena_free(arena);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(agrees)};
	return cmocka_run_group_tests(tests, start, stop);
}

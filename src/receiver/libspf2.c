/* Adapter to libspf2: the only file that includes it. Only its DNS `lookup` hook is replaced, so record selection,
 * compiling, limits and exp= are the library's own. Deliberately nothing is mended here.
 *
 * Debian's build asks for TXT alone. As released upstream it asks for type SPF (99) before, but its own resolver never reads
 * a record of that type: every such answer ends as "no data". The hook does the same, without asking anybody. */
#include "receiver/libspf2.h"

#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

#include <spf2/spf.h>

struct dc_libspf2 {
	SPF_dns_server_t dns; /* dns.hook is the run */
	SPF_server_t *server;
};

/* ---- the hook ---- */

/* One record of the answer; false when its rdata is malformed or memory is spent. */
static bool put_record(SPF_dns_rr_t *to, int i, struct dc_arena *arena, uint16_t type, struct dc_slice rdata)
{
	struct dc_rr rr = {.type = type, .rdata = rdata};
	struct dc_slice name;
	struct dc_ip ip;
	struct dc_txt txt;

	switch (type) {
	case DC_TYPE_A:
	case DC_TYPE_AAAA:
		if (!dc_rr_ip(&rr, &ip) || SPF_dns_rr_buf_realloc(to, i, sizeof(*to->rr[i])) != SPF_E_SUCCESS)
			return false;
		memcpy(to->rr[i], ip.octets, ip.family == 4 ? 4 : 16);
		return true;
	case DC_TYPE_MX:
	case DC_TYPE_PTR:
		if (!dc_rr_name(arena, &rr, &name) || SPF_dns_rr_buf_realloc(to, i, name.len + 1) != SPF_E_SUCCESS)
			return false;
		memcpy(to->rr[i]->ptr, name.ptr, name.len);
		to->rr[i]->ptr[name.len] = '\0';
		return true;
	default:
		if (!dc_rr_txt(arena, &rr, &txt) || SPF_dns_rr_buf_realloc(to, i, txt.text.len + 1) != SPF_E_SUCCESS)
			return false;
		if (txt.text.len)
			memcpy(to->rr[i]->txt, txt.text.ptr, txt.text.len);
		to->rr[i]->txt[txt.text.len] = '\0';
		return true;
	}
}

static SPF_dns_stat_t herrno_of(enum dc_wire_state state)
{
	switch (state) {
	case DC_WIRE_RECORDS:
		return NETDB_SUCCESS;
	case DC_WIRE_NODATA:
		return NO_DATA;
	case DC_WIRE_NXDOMAIN:
		return HOST_NOT_FOUND;
	default:
		return TRY_AGAIN;
	}
}

/* Never NULL: the library aborts then, which would look like a crash by the record. */
static SPF_dns_rr_t *answer(SPF_dns_server_t *dns, const char *name, ns_type type, SPF_dns_stat_t herrno)
{
	SPF_dns_rr_t *to = SPF_dns_rr_new_init(dns, name, type, 0, herrno);

	if (!to)
		_Exit(3);
	return to;
}

static SPF_dns_rr_t *lookup(SPF_dns_server_t *dns, const char *name, ns_type type, int should_cache)
{
	struct dc_run *run = dns->hook;
	const struct dc_known *known = NULL;
	enum dc_wire_state state;
	SPF_dns_rr_t *to;

	(void)should_cache;
	if ((int)type == DC_TYPE_SPF)
		return answer(dns, name, type, NO_DATA);
	/* what glibc's resolver says of a name that it cannot encode */
	if (!dc_run_ask(run, name, (uint16_t)type, &state, &known))
		return answer(dns, name, type, NO_RECOVERY);
	to = answer(dns, name, type, herrno_of(state));
	for (size_t i = 0; known && i < known->count; i++)
		if (put_record(to, to->num_rr, run->arena, known->type, known->rdata[i]))
			to->num_rr++;
	if (known && to->num_rr == 0)
		to->herrno = NO_DATA;
	return to;
}

/* ---- the library ---- */

struct dc_libspf2 *dc_libspf2_new(void)
{
	struct dc_libspf2 *lib = calloc(1, sizeof(*lib));

	if (!lib)
		return NULL;
	/* these are the library's process-wide pointers: silent, and an error handler that would exit is left out so that
	 * the library's abort() stays what it is */
	SPF_error_handler = NULL;
	SPF_warning_handler = NULL;
	SPF_info_handler = NULL;
	SPF_debug_handler = NULL;
	lib->dns.name = "evidence";
	lib->dns.lookup = lookup;
	lib->server = SPF_server_new_dns(&lib->dns, 0);
	if (!lib->server || SPF_server_set_rec_dom(lib->server, "receiver.invalid") != SPF_E_SUCCESS) {
		dc_libspf2_free(lib);
		return NULL;
	}
	return lib;
}

void dc_libspf2_free(struct dc_libspf2 *lib)
{
	if (!lib)
		return;
	if (lib->server)
		SPF_server_free(lib->server);
	free(lib);
}

/* NUL-terminated copy; an embedded NUL ends it, as it does in every caller of a C library. */
static const char *c_string(struct dc_arena *arena, struct dc_slice s)
{
	char *copy = dc_arena_alloc(arena, s.len + 1);

	if (s.len)
		memcpy(copy, s.ptr, s.len);
	return copy;
}

static bool set_up(SPF_request_t *request, const struct dc_receiver_job *job, struct dc_arena *arena)
{
	struct in_addr ip4;
	struct in6_addr ip6;
	SPF_errcode_t error;

	if (job->ip.family == 4) {
		memcpy(&ip4, job->ip.octets, sizeof(ip4));
		error = SPF_request_set_ipv4(request, ip4);
	} else {
		memcpy(&ip6, job->ip.octets, sizeof(ip6));
		error = SPF_request_set_ipv6(request, ip6);
	}
	if (error != SPF_E_SUCCESS)
		return false;
	if (job->helo.len && SPF_request_set_helo_dom(request, c_string(arena, job->helo)) != SPF_E_SUCCESS)
		return false;
	/* the null sender is postmaster@HELO, which is what set_helo_dom has done */
	if (job->mail_from.len)
		return SPF_request_set_env_from(request, c_string(arena, job->mail_from)) == 0;
	return job->helo.len || SPF_request_set_env_from(request, c_string(arena, job->domain)) == 0;
}

/* Its error code in words, then the last message that it left. */
static struct dc_slice reason_of(SPF_response_t *response, struct dc_arena *arena)
{
	SPF_errcode_t code = SPF_response_errcode(response), last = SPF_E_SUCCESS;
	const char *words, *message = NULL;

	for (int i = 0; i < SPF_response_messages(response); i++) {
		SPF_error_t *error = SPF_response_message(response, i);

		if (error && SPF_error_errorp(error) && SPF_error_message(error)) {
			message = SPF_error_message(error);
			last = SPF_error_code(error);
		}
	}
	/* a result that was never set ("(invalid)") comes without a code of its own */
	code = code == SPF_E_SUCCESS ? last : code;
	words = code == SPF_E_SUCCESS ? NULL : SPF_strerror(code);
	if (words && message)
		return dc_arena_printf(arena, "%s: %.*s", words, DC_RECEIVER_REASON_MAX, message);
	if (words || message)
		return dc_arena_printf(arena, "%.*s", DC_RECEIVER_REASON_MAX, words ? words : message);
	return (struct dc_slice){NULL, 0};
}

static void evaluate(struct dc_libspf2 *lib, const struct dc_receiver_job *job, struct dc_run *run,
		     struct dc_receiver_spf *ret_spf)
{
	SPF_request_t *request = SPF_request_new(lib->server);
	SPF_response_t *response = NULL;
	const char *result;

	lib->dns.hook = run;
	if (request && set_up(request, job, run->arena))
		SPF_request_query_mailfrom(request, &response);
	if (response) {
		result = SPF_strresult(SPF_response_result(response));
		*ret_spf = (struct dc_receiver_spf){.fate = DC_RECEIVER_DONE, .lookups = run->asked};
		ret_spf->result = dc_slice_of(result);
		ret_spf->reason = reason_of(response, run->arena);
		ret_spf->limited = run->limited;
		SPF_response_free(response);
	} else {
		*ret_spf = (struct dc_receiver_spf){.fate = DC_RECEIVER_ABSENT, .reason = DC_S("no memory")};
	}
	if (request)
		SPF_request_free(request);
}

void dc_libspf2_run(struct dc_libspf2 *lib, const struct dc_receiver_job *job, struct dc_run *run,
		    struct dc_receiver_spf *ret_spf)
{
	struct dc_receiver_spf other;

	run->unseen = DC_WIRE_FAILED;
	evaluate(lib, job, run, ret_spf);
	if (!run->blind || run->missing_count)
		return;
	/* What was never asked must not look like a failure that receivers would see. It may be of no importance (exp=,
	 * something behind the match): then the answer is the same with the name absent. */
	run->asked = 0;
	run->limited = false;
	run->unseen = DC_WIRE_NXDOMAIN;
	evaluate(lib, job, run, &other);
	if (!dc_slice_eq(ret_spf->result, other.result) || dc_slice_eq(other.result, DC_S("temperror")))
		*ret_spf = (struct dc_receiver_spf){.fate = DC_RECEIVER_ABSENT, .reason = DC_S("needs a name that was not asked")};
}

/* Whole messages through libopendkim, behind the rules that keep it alive:
 *   - header fields are split here and given whole, with CRLF inside and without NUL: its own splitter asserts, and its
 *     line-end repair reads past fields that it has shortened;
 *   - one more field with an unguessable name goes before the others: an h= that names every field and one more makes it
 *     write past an array otherwise;
 *   - a signature whose i= it would read past (a "=" without two digits behind it, more than 250 octets) does not reach
 *     it; that signature is reported as a bad domain, which is what the library says of most such values;
 *   - a signature of more than 65,535 octets does not reach it either: it refuses the whole message then, and good signatures
 *     would go down with it;
 *   - signatures, fields and octets are capped. A message that the library refuses as a whole is "absent": what it says of the
 *     signatures so far is not told.
 * Expiry is judged here, by the clock of the audit: the library only knows the system's. */
#include "receiver/opendkim_handle.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

enum {
	HEADER_SECTION_MAX = 2 << 20, /* octets */
	FIELDS_MAX = 5000,            /* each h= entry of each signature is looked up among all */
	SIGNATURE_OCTETS_MAX = 65535, /* of a DKIM-Signature field: the library takes a little more */
	IDENTITY_MAX = 250,           /* octets of i=: the library's buffer is 256 */
	BODY_STEP = 32 * 1024,
	CLOCK_DRIFT_S = 300,          /* the library's default tolerance */
};

/* ---- tags of a DKIM-Signature field, as the library splits them ---- */

struct tags {
	struct dc_slice d, s;
	uint64_t t;
	bool has_t, hostile;
};

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct dc_slice collapse(struct dc_arena *arena, struct dc_slice s)
{
	char *to = dc_arena_alloc(arena, s.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < s.len; i++)
		if (!is_space(s.ptr[i]))
			to[len++] = s.ptr[i];
	return (struct dc_slice){to, len};
}

static bool is_hostile_identity(struct dc_slice i)
{
	if (i.len > IDENTITY_MAX)
		return true;
	for (size_t k = 0; k < i.len; k++)
		if (i.ptr[k] == '=' && (k + 2 >= i.len || dc_hex_value(i.ptr[k + 1]) < 0 || dc_hex_value(i.ptr[k + 2]) < 0))
			return true;
	return false;
}

/* strtoull, as far as it matters here. */
static uint64_t leading_number(struct dc_slice s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s.len && dc_is_digit(s.ptr[i]); i++)
		n = n > UINT64_MAX / 10 - 1 ? UINT64_MAX : n * 10 + (uint64_t)(s.ptr[i] - '0');
	return n;
}

static void read_tags(struct dc_arena *arena, struct dc_slice rest, struct tags *tags)
{
	*tags = (struct tags){.t = 0};
	while (rest.ptr) {
		struct dc_slice value = dc_slice_cut(&rest, ';');
		struct dc_slice name = collapse(arena, dc_slice_cut(&value, '='));

		value = collapse(arena, value);
		if (dc_slice_eq_nocase(name, DC_S("i"))) {
			tags->hostile |= is_hostile_identity(value);
		} else if (dc_slice_eq(name, DC_S("d"))) {
			tags->d = value;
		} else if (dc_slice_eq(name, DC_S("s"))) {
			tags->s = value;
		} else if (dc_slice_eq(name, DC_S("t"))) {
			tags->t = leading_number(value);
			tags->has_t = true;
		}
	}
}

/* ---- header fields ---- */

struct field {
	struct dc_slice text; /* CRLF inside, none at the end, NUL-terminated */
	bool signature;
	int withheld; /* the error that is told of a signature that does not reach the library; 0 = it does */
	struct tags tags;
};

struct header {
	struct field *fields;
	size_t count, capacity;
	size_t signatures; /* at most DC_RECEIVER_SIGNATURES_MAX; more are left out */
	bool limited;
	uint64_t least_t;  /* of all t=; UINT64_MAX when there is none */
};

/* "Name:" at the start: printable, no semicolon, perhaps blanks before the colon. Length of the name, 0 when it is no field. */
static size_t name_length(struct dc_slice text)
{
	size_t len = 0, end;

	while (len < text.len && text.ptr[len] > ' ' && text.ptr[len] < 0x7f && text.ptr[len] != ':' && text.ptr[len] != ';')
		len++;
	for (end = len; end < text.len && text.ptr[end] == ' ';)
		end++;
	return end < text.len && text.ptr[end] == ':' ? len : 0;
}

static struct dc_slice with_crlf(struct dc_arena *arena, struct dc_slice raw)
{
	char *to = dc_arena_alloc(arena, 2 * raw.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < raw.len && raw.ptr[i]; i++) {
		if (raw.ptr[i] == '\n' && (i == 0 || raw.ptr[i - 1] != '\r'))
			to[len++] = '\r';
		to[len++] = raw.ptr[i];
	}
	return (struct dc_slice){to, len};
}

static void add_field(struct dc_arena *arena, struct header *header, struct dc_slice raw)
{
	struct field field = {.signature = false};
	size_t len;

	while (raw.len && (raw.ptr[raw.len - 1] == '\n' || raw.ptr[raw.len - 1] == '\r'))
		raw.len--;
	field.text = with_crlf(arena, raw);
	len = name_length(field.text);
	if (!len)
		return;
	field.signature = dc_slice_eq_nocase(dc_slice_sub(field.text, 0, len), DC_S("DKIM-Signature"));
	if (field.signature) {
		if (header->signatures == DC_RECEIVER_SIGNATURES_MAX) {
			header->limited = true;
			return;
		}
		header->signatures++;
		read_tags(arena, dc_slice_sub(field.text, dc_slice_find(field.text, ':') + 1, SIZE_MAX), &field.tags);
		if (field.tags.hostile)
			field.withheld = DKIM_SIGERROR_DOMAIN;
		else if (field.text.len > SIGNATURE_OCTETS_MAX)
			field.withheld = DKIM_SIGERROR_DNSSYNTAX;
		if (field.tags.has_t && field.tags.t < header->least_t)
			header->least_t = field.tags.t;
	}
	DC_PUSH(arena, header->fields, header->count, header->capacity) = field;
}

/* Splits the header section off; false when it is larger than we look at. */
static bool split(struct dc_arena *arena, struct dc_slice *message, struct header *header)
{
	struct dc_slice rest = *message, raw = {NULL, 0};

	*header = (struct header){.least_t = UINT64_MAX};
	while (rest.len) {
		size_t end = dc_slice_find(rest, '\n');
		struct dc_slice line = dc_slice_sub(rest, 0, end == SIZE_MAX ? rest.len : end + 1);

		if (message->len - rest.len > HEADER_SECTION_MAX || header->count > FIELDS_MAX)
			return false;
		if (raw.len && line.ptr[0] != ' ' && line.ptr[0] != '\t') {
			add_field(arena, header, raw);
			raw.len = 0;
		}
		rest = dc_slice_sub(rest, line.len, SIZE_MAX);
		if (line.ptr[0] == '\n' || (line.ptr[0] == '\r' && line.len == 2 && line.ptr[1] == '\n'))
			break;
		raw = raw.len ? (struct dc_slice){raw.ptr, raw.len + line.len} : line;
	}
	if (raw.len)
		add_field(arena, header, raw);
	*message = rest;
	return true;
}

/* ---- the library ---- */

static DKIM_STAT give_header(DKIM *dkim, const struct header *header)
{
	char pad[64];
	uint64_t number = 0;
	int len;

	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		return DKIM_STAT_INTERNAL; /* not fuzzed: the kernel has no random octets */
	len = snprintf(pad, sizeof(pad), "X-Pad-%016llx: 1", (unsigned long long)number);
	if (dkim_header(dkim, (u_char *)pad, (size_t)len) != DKIM_STAT_OK)
		return DKIM_STAT_INTERNAL; /* not fuzzed: out of memory */
	for (size_t i = 0; i < header->count; i++) {
		const struct field *field = &header->fields[i];

		/* a malformed signature is told by its own error later */
		if (!field->withheld &&
		    dkim_header(dkim, (u_char *)field->text.ptr, field->text.len) == DKIM_STAT_NORESOURCE)
			return DKIM_STAT_NORESOURCE; /* not fuzzed: out of memory */
	}
	return dkim_eoh(dkim);
}

static DKIM_STAT give_body(DKIM *dkim, struct dc_slice body)
{
	static const size_t room = BODY_STEP;
	u_char step[2 * BODY_STEP];
	char last = 0;

	while (body.len) {
		struct dc_slice part = dc_slice_sub(body, 0, room);
		size_t len = 0;
		DKIM_STAT status;

		for (size_t i = 0; i < part.len; i++) {
			if (part.ptr[i] == '\n' && last != '\r')
				step[len++] = '\r';
			last = part.ptr[i];
			step[len++] = (u_char)last;
		}
		status = dkim_body(dkim, step, len);
		if (status != DKIM_STAT_OK)
			return status; /* not fuzzed: out of memory */
		body = dc_slice_sub(body, part.len, SIZE_MAX);
	}
	/* what SMTP would have ended with a line end */
	return last && last != '\n' ? dkim_body(dkim, (u_char *)"\r\n", 2) : DKIM_STAT_OK;
}

/* Asks for every key before the body is read. unseen[i]: the key of signature i was never asked for. */
static void ask_keys(DKIM *dkim, DKIM_SIGINFO **signatures, size_t count, struct dc_run *run, bool *unseen)
{
	for (size_t i = 0; i < count; i++) {
		DKIM_QUERYINFO **queries = NULL;
		const struct dc_known *known;
		enum dc_wire_state state;
		unsigned int n = 0;

		run->blind = false;
		if (dkim_sig_getqueries(dkim, signatures[i], &queries, &n) == DKIM_STAT_OK && n > 0 &&
		    *dkim_qi_getname(queries[0]))
			dc_run_ask(run, dkim_qi_getname(queries[0]), DC_TYPE_TXT, &state, &known);
		unseen[i] = run->blind;
		/* allocated by the library for the caller */
		for (unsigned int k = 0; k < n; k++)
			free(queries[k]);
		free(queries);
	}
}

/* Errors that the library finds before it looks at the clock. */
static bool before_clock(int error)
{
	static const int errors[] = {DKIM_SIGERROR_MISSING_D, DKIM_SIGERROR_EMPTY_D, DKIM_SIGERROR_MISSING_S,
				     DKIM_SIGERROR_EMPTY_S, DKIM_SIGERROR_MISSING_V, DKIM_SIGERROR_EMPTY_V,
				     DKIM_SIGERROR_VERSION, DKIM_SIGERROR_DOMAIN};

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i] == error)
			return true;
	return false;
}

static struct dc_slice tag(DKIM_SIGINFO *signature, const char *name)
{
	return dc_slice_of((const char *)dkim_sig_gettagvalue(signature, false, (u_char *)name));
}

/* The library's own comparisons, wrap-around included: a t= below 300 is in the future. */
static int clock_error(DKIM_SIGINFO *signature, int64_t now_s)
{
	struct dc_slice t = tag(signature, "t"), x = tag(signature, "x");
	uint64_t now = (uint64_t)now_s;

	if (x.ptr && now >= leading_number(x) + CLOCK_DRIFT_S)
		return DKIM_SIGERROR_EXPIRED;
	if (t.ptr && now < leading_number(t) - CLOCK_DRIFT_S)
		return DKIM_SIGERROR_FUTURE;
	return DKIM_SIGERROR_OK;
}

static void report(struct dc_arena *arena, DKIM_SIGINFO *from, const struct dc_receiver_job *job, bool unseen,
		   struct dc_receiver_signature *to)
{
	unsigned int bits = 0, flags = dkim_sig_getflags(from);
	int body = dkim_sig_getbh(from), late = clock_error(from, job->now_s);

	to->domain = dc_opendkim_text(arena, (const char *)dkim_sig_getdomain(from));
	to->selector = dc_opendkim_text(arena, (const char *)dkim_sig_getselector(from));
	to->algorithm = dc_arena_dup(arena, dc_slice_sub(tag(from, "a"), 0, DC_RECEIVER_REASON_MAX));
	to->sig_error = dkim_sig_geterror(from);
	if (dkim_sig_getkeysize(from, &bits) == DKIM_STAT_OK)
		to->key_bits = bits;
	/* for a signature that was never processed the library's state reads as a match */
	to->body_tested = (flags & DKIM_SIGFLAG_PASSED) && body != DKIM_SIGBH_UNTESTED;
	to->body_matches = to->body_tested && body == DKIM_SIGBH_MATCH;
	to->testing = flags & DKIM_SIGFLAG_TESTKEY;
	to->no_subdomains = flags & DKIM_SIGFLAG_NOSUBDOMAIN;
	if (late != DKIM_SIGERROR_OK && !before_clock(to->sig_error))
		to->sig_error = late;
	else if (unseen && to->sig_error == DKIM_SIGERROR_KEYFAIL)
		to->sig_error = DKIM_SIGERROR_UNKNOWN;
	/* "passed" in the flags alone is the header's word, not the body's */
	to->passed = to->sig_error == DKIM_SIGERROR_OK && DKIM_SIG_CHECK(from);
	if (to->sig_error == DKIM_SIGERROR_UNKNOWN)
		to->reason = unseen ? DC_S("its key was not asked for") : DC_S("not processed");
	else if (to->sig_error != DKIM_SIGERROR_OK)
		to->reason = dc_opendkim_text(arena, dkim_sig_geterrorstr(to->sig_error));
}

/* Library results and those that were kept from it, in the order of the message. */
static void collect(struct dc_arena *arena, const struct header *header, DKIM_SIGINFO **signatures, size_t count,
		    const bool *unseen, const struct dc_receiver_job *job, struct dc_receiver_message *message)
{
	size_t next = 0;

	message->signatures = DC_NEW_ARRAY(arena, struct dc_receiver_signature, DC_RECEIVER_SIGNATURES_MAX);
	for (size_t i = 0; i < header->count; i++) {
		const struct field *field = &header->fields[i];

		if (!field->signature)
			continue;
		if (field->withheld) {
			message->signatures[message->count++] = (struct dc_receiver_signature){
				.domain = dc_slice_sub(field->tags.d, 0, DC_RECEIVER_REASON_MAX),
				.selector = dc_slice_sub(field->tags.s, 0, DC_RECEIVER_REASON_MAX),
				.sig_error = field->withheld,
				.reason = field->withheld == DKIM_SIGERROR_DOMAIN ? DC_S("an i= that the library reads past its end")
									      : DC_S("a signature that is too long for the library")};
		} else if (next < count) {
			report(arena, signatures[next], job, unseen[next], &message->signatures[message->count++]);
			next++;
		}
	}
}

static void verify(DKIM *dkim, const struct header *header, struct dc_slice body, const struct dc_receiver_job *job,
		   struct dc_run *run, struct dc_receiver_message *message)
{
	bool unseen[DC_RECEIVER_SIGNATURES_MAX] = {false};
	DKIM_SIGINFO **signatures = NULL;
	DKIM_STAT status = give_header(dkim, header);
	int count = 0;

	if (status == DKIM_STAT_OK) {
		if (dkim_getsiglist(dkim, &signatures, &count) != DKIM_STAT_OK || count > DC_RECEIVER_SIGNATURES_MAX)
			count = 0; /* not fuzzed: behind a header that was taken the library has a list */
		ask_keys(dkim, signatures, (size_t)count, run, unseen);
		if (run->missing_count)
			return;
		status = give_body(dkim, body);
		if (status == DKIM_STAT_OK)
			status = dkim_eom(dkim, NULL);
	}
	/* other statuses repeat the error of one of the signatures */
	if (status == DKIM_STAT_SYNTAX || status == DKIM_STAT_NORESOURCE || status == DKIM_STAT_INTERNAL ||
	    status == DKIM_STAT_INVALID)
		message->reason = dc_opendkim_text(run->arena, dkim_getresultstr(status));
	collect(run->arena, header, signatures, (size_t)count, unseen, job, message);
	/* the library stopped before it had seen them all */
	if (message->count < header->signatures) {
		message->fate = DC_RECEIVER_ABSENT;
		message->reason = message->reason.len ? message->reason : DC_S("the library refuses the message");
	}
}

void dc_libopendkim_message(struct dc_libopendkim *lib, const struct dc_receiver_job *job, struct dc_slice message,
			    struct dc_run *run, struct dc_receiver_message *ret_message)
{
	struct header header;
	struct dc_slice body = message;
	uint64_t drift;
	DKIM_STAT status;
	DKIM *dkim;

	*ret_message = (struct dc_receiver_message){.fate = DC_RECEIVER_ABSENT, .reason = DC_S("no message")};
	if (!message.ptr)
		return;
	ret_message->reason = DC_S("a header section that is too large");
	if (!split(run->arena, &body, &header))
		return;
	run->unseen = DC_WIRE_FAILED;
	lib->run = run;
	/* The library must not find a signature too old or too young by the system's clock: a tolerance as large as the least t=
	 * lets it go on, and is not yet so large that its subtraction wraps. */
	drift = header.least_t == UINT64_MAX ? (uint64_t)1 << 40 : header.least_t;
	ret_message->reason = DC_S("no memory");
	if (dkim_options(lib->messages, DKIM_OP_SETOPT, DKIM_OPTS_CLOCKDRIFT, &drift, sizeof(drift)) != DKIM_STAT_OK)
		return; /* not fuzzed: the library knows the option */
	dkim = dkim_verify(lib->messages, (const unsigned char *)"message", NULL, &status);
	if (!dkim)
		return; /* not fuzzed: out of memory */
	*ret_message = (struct dc_receiver_message){.fate = DC_RECEIVER_DONE, .limited = header.limited};
	verify(dkim, &header, body, job, run, ret_message);
	dkim_free(dkim);
}

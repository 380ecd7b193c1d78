/* The text form of jobs and results, and its strict readers. No input or output, nothing global.
 *
 *   spf ip=192.0.2.1 helo=mail.example.com from=user@example.com        name: where evaluation starts
 *   key s=selector a=rsa-sha256                                         name: d=
 *   message now=1763640000                                              name: the root */
#include "receiver/text.h"

#include <stdio.h>

enum { NUMBER_MAX = 24 };

/* ---- writing ---- */

static bool plain(unsigned char c)
{
	return c > 0x20 && c < 0x7f && c != '%';
}

static void put_value(struct dc_buf *out, const char *key, struct dc_slice value)
{
	char percent[DC_PERCENT_LEN];

	dc_buf_putc(out, ' ');
	dc_buf_puts(out, key);
	dc_buf_putc(out, '=');
	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.ptr[i];

		if (plain(c)) {
			dc_buf_putc(out, (char)c);
			continue;
		}
		dc_percent(percent, (char)c);
		dc_buf_put(out, percent, sizeof percent);
	}
}

static void put_reason(struct dc_buf *out, struct dc_slice reason)
{
	put_value(out, "reason", dc_slice_sub(reason, 0, DC_RECEIVER_REASON_MAX));
}

static void put_number(struct dc_buf *out, const char *key, int64_t value)
{
	char digits[NUMBER_MAX];

	snprintf(digits, sizeof(digits), "%lld", (long long)value);
	put_value(out, key, dc_slice_of(digits));
}

static void put_flag(struct dc_buf *out, const char *key, bool value)
{
	put_value(out, key, value ? DC_S("yes") : DC_S("no"));
}

/* ---- reading: the first thing that is wrong sticks ---- */

struct reader {
	struct dc_arena *arena;
	struct dc_slice rest;
	bool bad;
};

static int hex_digit(char c)
{
	if (dc_is_digit(c))
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool word(struct reader *reader, struct dc_slice text)
{
	if (!dc_slice_starts(reader->rest, text))
		return false;
	reader->rest = dc_slice_sub(reader->rest, text.len, SIZE_MAX);
	return true;
}

static struct dc_slice unescape(struct reader *reader, struct dc_slice raw)
{
	char *to;
	size_t len = 0;

	if (dc_slice_find(raw, '%') == SIZE_MAX) {
		for (size_t i = 0; i < raw.len; i++)
			if (!plain((unsigned char)raw.ptr[i]))
				reader->bad = true;
		return raw;
	}
	to = dc_arena_alloc(reader->arena, raw.len);
	for (size_t i = 0; i < raw.len; i++) {
		unsigned char c = (unsigned char)raw.ptr[i];

		if (c == '%') {
			int high = i + 2 < raw.len ? hex_digit(raw.ptr[i + 1]) : -1;
			int low = i + 2 < raw.len ? hex_digit(raw.ptr[i + 2]) : -1;

			if (high < 0 || low < 0 || plain((unsigned char)(high * 16 + low))) {
				reader->bad = true;
				return (struct dc_slice){NULL, 0};
			}
			to[len++] = (char)(high * 16 + low);
			i += 2;
		} else if (plain(c)) {
			to[len++] = (char)c;
		} else {
			reader->bad = true;
			return (struct dc_slice){NULL, 0};
		}
	}
	return (struct dc_slice){to, len};
}

/* The value of the next field, which must be `key`. */
static struct dc_slice value(struct reader *reader, const char *key)
{
	size_t len = 0;
	struct dc_slice raw;

	if (reader->bad || !word(reader, DC_S(" ")) || !word(reader, dc_slice_of(key)) || !word(reader, DC_S("="))) {
		reader->bad = true;
		return (struct dc_slice){NULL, 0};
	}
	while (len < reader->rest.len && reader->rest.ptr[len] != ' ' && reader->rest.ptr[len] != '\n')
		len++;
	raw = dc_slice_sub(reader->rest, 0, len);
	reader->rest = dc_slice_sub(reader->rest, len, SIZE_MAX);
	return unescape(reader, raw);
}

static uint64_t number(struct reader *reader, const char *key, uint64_t max)
{
	uint64_t n = 0;

	if (!dc_slice_uint(value(reader, key), false, max, &n))
		reader->bad = true;
	return n;
}

static bool flag(struct reader *reader, const char *key)
{
	struct dc_slice text = value(reader, key);

	if (!dc_slice_eq(text, DC_S("yes")) && !dc_slice_eq(text, DC_S("no")))
		reader->bad = true;
	return text.len == 3;
}

static bool ended(const struct reader *reader)
{
	return !reader->bad && reader->rest.len == 0;
}

/* ---- jobs ---- */

struct dc_question dc_receiver_job_question(struct dc_arena *arena, const struct dc_receiver_job *job)
{
	char ip[DC_IP_TEXT_MAX];
	struct dc_buf out;
	struct dc_question question = {.kind = DC_ASK_RECEIVER, .name = job->domain};
	/* each octet of a value becomes three at most */
	size_t ceiling = 128 + 3 * (job->helo.len + job->mail_from.len + job->selector.len + job->algorithm.len);

	/* the buffer is on the heap, so room for its copy is made before: an arena that is spent does not return */
	dc_arena_reserve(arena, ceiling + 1);
	dc_buf_init(&out, ceiling);
	switch (job->kind) {
	case DC_RECEIVER_JOB_SPF:
		dc_buf_puts(&out, "spf");
		put_value(&out, "ip", dc_ip_format(job->ip, ip));
		put_value(&out, "helo", job->helo);
		put_value(&out, "from", job->mail_from);
		break;
	case DC_RECEIVER_JOB_KEY:
		dc_buf_puts(&out, "key");
		put_value(&out, "s", job->selector);
		put_value(&out, "a", job->algorithm);
		break;
	default:
		dc_buf_puts(&out, "message");
		put_number(&out, "now", job->now_s);
		break;
	}
	question.server = dc_arena_dup(arena, dc_buf_slice(&out));
	dc_buf_free(&out);
	return question;
}

bool dc_receiver_job_parse(struct dc_arena *arena, const struct dc_question *question, struct dc_receiver_job *ret_job)
{
	struct reader reader = {arena, question->server, false};
	struct dc_receiver_job job = {.domain = question->name};

	if (word(&reader, DC_S("spf"))) {
		job.kind = DC_RECEIVER_JOB_SPF;
		if (!dc_ip_parse(value(&reader, "ip"), &job.ip))
			return false;
		job.helo = value(&reader, "helo");
		job.mail_from = value(&reader, "from");
	} else if (word(&reader, DC_S("key"))) {
		job.kind = DC_RECEIVER_JOB_KEY;
		job.selector = value(&reader, "s");
		job.algorithm = value(&reader, "a");
	} else if (word(&reader, DC_S("message"))) {
		job.kind = DC_RECEIVER_JOB_MESSAGE;
		job.now_s = (int64_t)number(&reader, "now", INT64_MAX);
	} else {
		return false;
	}
	if (!ended(&reader))
		return false;
	*ret_job = job;
	return true;
}

/* ---- fates ---- */

static const struct {
	int number;
	const char *name;
} signals[] = {
	{4, "SIGILL"}, {5, "SIGTRAP"}, {6, "SIGABRT"}, {7, "SIGBUS"}, {8, "SIGFPE"}, {9, "SIGKILL"},
	{11, "SIGSEGV"}, {31, "SIGSYS"},
};

void dc_receiver_fate_write(struct dc_buf *out, enum dc_receiver_fate fate, int signal, struct dc_slice reason)
{
	switch (fate) {
	case DC_RECEIVER_CRASHED:
		reason = DC_S("died");
		for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
			if (signals[i].number == signal)
				reason = dc_slice_of(signals[i].name);
		dc_buf_puts(out, "crashed");
		break;
	case DC_RECEIVER_HUNG:
		dc_buf_puts(out, "hung");
		break;
	default:
		dc_buf_puts(out, "absent");
		break;
	}
	put_reason(out, reason);
}

/* Reads the fate; for all but "done" the whole text. */
static enum dc_receiver_fate read_fate(struct reader *reader, struct dc_slice *ret_reason)
{
	enum dc_receiver_fate fate;

	if (word(reader, DC_S("done")))
		return DC_RECEIVER_DONE;
	if (word(reader, DC_S("crashed")))
		fate = DC_RECEIVER_CRASHED;
	else if (word(reader, DC_S("hung")))
		fate = DC_RECEIVER_HUNG;
	else if (word(reader, DC_S("absent")))
		fate = DC_RECEIVER_ABSENT;
	else {
		reader->bad = true;
		return DC_RECEIVER_ABSENT;
	}
	*ret_reason = value(reader, "reason");
	return fate;
}

/* ---- SPF ---- */

static const struct dc_slice spf_results[] = {
	DC_S("pass"), DC_S("fail"), DC_S("softfail"), DC_S("neutral"), DC_S("none"), DC_S("temperror"), DC_S("permerror"),
	DC_S("(invalid)"),
};

void dc_receiver_spf_write(struct dc_buf *out, const struct dc_receiver_spf *spf)
{
	dc_buf_puts(out, "done");
	put_value(out, "result", spf->result);
	put_number(out, "lookups", spf->lookups);
	put_flag(out, "limited", spf->limited);
	put_reason(out, spf->reason);
}

bool dc_receiver_spf_read(struct dc_arena *arena, struct dc_slice text, struct dc_receiver_spf *ret_spf)
{
	struct reader reader = {arena, text, false};
	struct dc_receiver_spf spf = {.fate = DC_RECEIVER_ABSENT};
	bool known = false;

	spf.fate = read_fate(&reader, &spf.reason);
	if (!reader.bad && spf.fate == DC_RECEIVER_DONE) {
		struct dc_slice result = value(&reader, "result");

		for (size_t i = 0; i < sizeof(spf_results) / sizeof(spf_results[0]); i++)
			if (dc_slice_eq(result, spf_results[i])) {
				spf.result = spf_results[i];
				known = true;
			}
		spf.lookups = (uint32_t)number(&reader, "lookups", UINT32_MAX);
		spf.limited = flag(&reader, "limited");
		spf.reason = value(&reader, "reason");
		reader.bad |= !known;
	}
	if (!ended(&reader))
		return false;
	*ret_spf = spf;
	return true;
}

/* ---- DKIM ---- */

/* libopendkim's numbers (dkim.h) in words. 28 is "ok" for a key (the dummy signature never matches); for a message it is
 * "bad-signature", see read_signature. */
static const struct {
	int number;
	struct dc_slice name;
} sig_errors[] = {
	{-1, DC_S("unknown")}, {0, DC_S("ok")}, {1, DC_S("version")}, {2, DC_S("domain")}, {3, DC_S("expired")},
	{4, DC_S("future")}, {5, DC_S("timestamps")}, {7, DC_S("header-canonicalization")},
	{8, DC_S("body-canonicalization")}, {9, DC_S("missing-a")}, {10, DC_S("invalid-a")}, {11, DC_S("missing-h")},
	{12, DC_S("invalid-l")}, {13, DC_S("invalid-q")}, {14, DC_S("invalid-q-option")}, {15, DC_S("missing-d")},
	{16, DC_S("empty-d")}, {17, DC_S("missing-s")}, {18, DC_S("empty-s")}, {19, DC_S("missing-b")},
	{20, DC_S("empty-b")}, {21, DC_S("corrupt-b")}, {22, DC_S("no-key")}, {23, DC_S("syntax")}, {24, DC_S("key-fail")},
	{25, DC_S("missing-bh")}, {26, DC_S("empty-bh")}, {27, DC_S("corrupt-bh")}, {28, DC_S("ok")},
	{29, DC_S("subdomain")}, {30, DC_S("multiple")}, {31, DC_S("empty-h")}, {32, DC_S("invalid-h")},
	{33, DC_S("too-large-l")}, {34, DC_S("must-be-signed")}, {35, DC_S("key-version")}, {36, DC_S("key-unknown-hash")},
	{37, DC_S("key-hash")}, {38, DC_S("not-email")}, {40, DC_S("key-type-missing")}, {41, DC_S("key-type")},
	{42, DC_S("revoked")}, {43, DC_S("key-decode")}, {44, DC_S("missing-v")}, {45, DC_S("empty-v")},
	{46, DC_S("too-small")}, {47, DC_S("conditional")}, {48, DC_S("conditional-loop")},
};

enum { SIG_ERROR_BADSIG = 28, SIG_ERROR_MAX = 1000 };

/* The word for a DKIM_SIGERROR_… number; "other" for one that we do not know. */
static struct dc_slice sig_error_name(int sig_error)
{
	for (size_t i = 0; i < sizeof(sig_errors) / sizeof(sig_errors[0]); i++)
		if (sig_errors[i].number == sig_error)
			return sig_errors[i].name;
	return DC_S("other");
}

static void put_sig_error(struct dc_buf *out, int sig_error)
{
	put_number(out, "error", sig_error);
}

static int read_sig_error(struct reader *reader)
{
	struct dc_slice text = value(reader, "error");
	uint64_t n = 0;

	if (dc_slice_eq(text, DC_S("-1")))
		return -1;
	if (!dc_slice_uint(text, false, SIG_ERROR_MAX, &n))
		reader->bad = true;
	return (int)n;
}

void dc_receiver_key_write(struct dc_buf *out, const struct dc_receiver_key *key)
{
	dc_buf_puts(out, "done");
	put_sig_error(out, key->sig_error);
	put_number(out, "bits", key->key_bits);
	put_flag(out, "testing", key->testing);
	put_flag(out, "no-subdomains", key->no_subdomains);
	put_reason(out, key->reason);
}

bool dc_receiver_key_read(struct dc_arena *arena, struct dc_slice text, struct dc_receiver_key *ret_key)
{
	struct reader reader = {arena, text, false};
	struct dc_receiver_key key = {.sig_error = -1};

	key.fate = read_fate(&reader, &key.reason);
	if (!reader.bad && key.fate == DC_RECEIVER_DONE) {
		key.sig_error = read_sig_error(&reader);
		key.name = sig_error_name(key.sig_error);
		key.key_bits = (uint32_t)number(&reader, "bits", UINT32_MAX);
		key.testing = flag(&reader, "testing");
		key.no_subdomains = flag(&reader, "no-subdomains");
		key.reason = value(&reader, "reason");
	}
	if (!ended(&reader))
		return false;
	*ret_key = key;
	return true;
}

/* One line for the message, then one a signature. */
void dc_receiver_message_write(struct dc_buf *out, const struct dc_receiver_message *message)
{
	dc_buf_puts(out, "done");
	put_number(out, "signatures", (int64_t)message->count);
	put_flag(out, "limited", message->limited);
	put_reason(out, message->reason);
	for (size_t i = 0; i < message->count; i++) {
		const struct dc_receiver_signature *signature = &message->signatures[i];

		dc_buf_puts(out, "\nsignature");
		put_value(out, "d", signature->domain);
		put_value(out, "s", signature->selector);
		put_value(out, "a", signature->algorithm);
		put_sig_error(out, signature->sig_error);
		put_number(out, "bits", signature->key_bits);
		put_flag(out, "passed", signature->passed);
		put_flag(out, "body-tested", signature->body_tested);
		put_flag(out, "body-matches", signature->body_matches);
		put_flag(out, "testing", signature->testing);
		put_flag(out, "no-subdomains", signature->no_subdomains);
		put_reason(out, signature->reason);
	}
}

static void read_signature(struct reader *reader, struct dc_receiver_signature *signature)
{
	if (!word(reader, DC_S("\nsignature"))) {
		reader->bad = true;
		return;
	}
	signature->domain = value(reader, "d");
	signature->selector = value(reader, "s");
	signature->algorithm = value(reader, "a");
	signature->sig_error = read_sig_error(reader);
	signature->key_bits = (uint32_t)number(reader, "bits", UINT32_MAX);
	signature->passed = flag(reader, "passed");
	signature->body_tested = flag(reader, "body-tested");
	signature->body_matches = flag(reader, "body-matches");
	signature->testing = flag(reader, "testing");
	signature->no_subdomains = flag(reader, "no-subdomains");
	signature->reason = value(reader, "reason");
	signature->name = signature->sig_error == SIG_ERROR_BADSIG ? DC_S("bad-signature") :
			  sig_error_name(signature->sig_error);
}

bool dc_receiver_message_read(struct dc_arena *arena, struct dc_slice text, struct dc_receiver_message *ret_message)
{
	struct reader reader = {arena, text, false};
	struct dc_receiver_message message = {.count = 0};

	message.fate = read_fate(&reader, &message.reason);
	if (!reader.bad && message.fate == DC_RECEIVER_DONE) {
		message.count = number(&reader, "signatures", DC_RECEIVER_SIGNATURES_MAX);
		message.limited = flag(&reader, "limited");
		message.reason = value(&reader, "reason");
		message.signatures = DC_NEW_ARRAY(arena, struct dc_receiver_signature, message.count);
		for (size_t i = 0; i < message.count && !reader.bad; i++)
			read_signature(&reader, &message.signatures[i]);
	}
	if (!ended(&reader))
		return false;
	*ret_message = message;
	return true;
}

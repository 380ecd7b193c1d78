/* Dialogues written and read. Every line of the text is bounded and read on its own: a line that makes no sense changes
 * nothing but what it would have told. */
#include "evidence/dialogue.h"

#include "base/civil.h"

#define VERSION "domaincheck-smtp 1"

/* ---- the question ---- */

static const char *const services[] = {"smtp", "submission", "submissions"};

const char *dc_smtp_service_name(enum dc_smtp_service service)
{
	return services[service];
}

struct dc_slice dc_smtp_target_format(struct dc_arena *arena, const struct dc_smtp_target *target)
{
	char address[DC_IP_TEXT_MAX];
	dc_ip_format(target->ip, address);
	return dc_arena_printf(arena, "%s://%.*s:%u/%s", services[target->service], DC_FMT(target->host), target->port,
			       address);
}

bool dc_smtp_target_parse(struct dc_slice text, struct dc_smtp_target *ret_target)
{
	struct dc_smtp_target target = {0};
	struct dc_slice rest = text, service = dc_slice_cut(&rest, ':');
	uint64_t port;
	size_t i = 0;
	while (i < sizeof services / sizeof *services && !dc_slice_eq(service, dc_slice_of(services[i])))
		i++;
	if (i == sizeof services / sizeof *services || !dc_slice_starts(rest, DC_S("//")))
		return false;
	target.service = (enum dc_smtp_service)i;
	rest = dc_slice_sub(rest, 2, SIZE_MAX);
	target.host = dc_slice_cut(&rest, ':');
	if (!target.host.len || !dc_slice_uint(dc_slice_cut(&rest, '/'), false, UINT16_MAX, &port) || !port ||
	    !dc_ip_parse(rest, &target.ip))
		return false;
	target.port = (uint16_t)port;
	*ret_target = target;
	return true;
}

/* ---- writing ---- */

void dc_dialogue_begin(struct dc_buf *out)
{
	dc_buf_puts(out, VERSION "\n");
}

void dc_dialogue_put(struct dc_buf *out, const char *key, struct dc_slice value)
{
	dc_buf_puts(out, key);
	dc_buf_putc(out, ' ');
	for (size_t i = 0; i < value.len; i++) {
		uint8_t c = (uint8_t)value.ptr[i];
		if (c < 0x20 || c > 0x7e || c == '\\')
			dc_buf_printf(out, "\\%03u", c);
		else
			dc_buf_putc(out, (char)c);
	}
	dc_buf_putc(out, '\n');
}

/* ---- words ---- */

static struct dc_slice unescape(struct dc_arena *arena, struct dc_slice text)
{
	char *raw = dc_arena_alloc(arena, text.len + 1);
	size_t n = 0;
	for (size_t i = 0; i < text.len; i++) {
		uint64_t c;
		if (text.ptr[i] == '\\' && text.len - i >= 4 && dc_slice_uint(dc_slice_sub(text, i + 1, 3), true, 255, &c)) {
			raw[n++] = (char)c;
			i += 3;
		} else {
			raw[n++] = text.ptr[i];
		}
	}
	return (struct dc_slice){raw, n};
}

/* Exactly `octets` octets, else nothing. */
static struct dc_slice unhex(struct dc_arena *arena, struct dc_slice text, size_t octets)
{
	char *raw = dc_arena_alloc(arena, octets);
	if (text.len != 2 * octets)
		return (struct dc_slice){0};
	for (size_t i = 0; i < octets; i++) {
		int high = dc_hex_lower_value(text.ptr[2 * i]), low = dc_hex_lower_value(text.ptr[2 * i + 1]);
		if (high < 0 || low < 0)
			return (struct dc_slice){0};
		raw[i] = (char)(high << 4 | low);
	}
	return (struct dc_slice){raw, octets};
}

/* ---- replies ---- */

bool dc_dialogue_reply_line(struct dc_slice line, unsigned *ret_code, bool *ret_more, struct dc_slice *ret_text)
{
	if (line.len < 3 || line.ptr[0] < '2' || line.ptr[0] > '5' || !dc_is_digit(line.ptr[1]) || !dc_is_digit(line.ptr[2]))
		return false;
	if (line.len > 3 && line.ptr[3] != ' ' && line.ptr[3] != '-')
		return false;
	*ret_code = (unsigned)(line.ptr[0] - '0') * 100 + (unsigned)(line.ptr[1] - '0') * 10 + (unsigned)(line.ptr[2] - '0');
	*ret_more = line.len > 3 && line.ptr[3] == '-';
	*ret_text = dc_slice_sub(line, 4, SIZE_MAX);
	return true;
}

bool dc_dialogue_extension(const struct dc_dialogue_reply *ehlo, struct dc_slice keyword, struct dc_slice *ret_parameters)
{
	for (size_t i = 1; ehlo->code == 250 && i < ehlo->count; i++) { /* the first line is the greeting */
		struct dc_slice rest = ehlo->lines[i], word = dc_slice_cut(&rest, ' ');
		size_t equals = dc_slice_find(word, '=');
		/* "AUTH=PLAIN": a form from before the standard that servers still send beside the right one. */
		if (dc_slice_eq_nocase(dc_slice_trim(word), keyword)) {
			*ret_parameters = dc_slice_trim(rest);
			return true;
		}
		if (equals != SIZE_MAX && dc_slice_eq_nocase(dc_slice_sub(word, 0, equals), keyword)) {
			*ret_parameters = dc_slice_trim(dc_slice_sub(ehlo->lines[i], equals + 1, SIZE_MAX));
			return true;
		}
	}
	return false;
}

struct reader {
	struct dc_arena *arena;
	struct dc_dialogue *dialogue;
	struct dc_dialogue_reply *reply; /* of the command said last; NULL: nobody cares */
	struct dc_slice *lines;          /* of that reply */
	struct dc_dialogue_cert *certs;
	struct dc_slice *names;          /* of the last certificate */
};

static void expect(struct reader *reader, struct dc_dialogue_reply *reply)
{
	reader->reply = reply;
	if (!reply)
		return;
	*reply = (struct dc_dialogue_reply){0};
	reader->lines = DC_NEW_ARRAY(reader->arena, struct dc_slice, DC_DIALOGUE_REPLY_MAX);
	reply->lines = reader->lines;
}

static void server_line(struct reader *reader, struct dc_slice value)
{
	struct dc_dialogue_reply *reply = reader->reply;
	struct dc_slice raw = unescape(reader->arena, value), text;
	unsigned code;
	bool more;
	if (!reply || !dc_dialogue_reply_line(raw, &code, &more, &text))
		return;
	if (!reply->count)
		reply->code = code;
	if (reply->count < DC_DIALOGUE_REPLY_MAX)
		reader->lines[reply->count++] = text;
}

static void client_line(struct reader *reader, struct dc_slice value)
{
	struct dc_dialogue *dialogue = reader->dialogue;
	if (dc_slice_starts(value, DC_S("EHLO "))) {
		dialogue->own_name = unescape(reader->arena, dc_slice_sub(value, 5, SIZE_MAX));
		expect(reader, dialogue->tls_version.len ? &dialogue->tls_ehlo : &dialogue->ehlo);
	} else if (dc_slice_eq(value, DC_S("STARTTLS"))) {
		expect(reader, &dialogue->starttls);
	} else {
		expect(reader, NULL);
	}
}

/* ---- certificates ---- */

static void begin_cert(struct reader *reader)
{
	struct dc_dialogue *dialogue = reader->dialogue;
	if (!reader->certs)
		reader->certs = DC_NEW_ARRAY(reader->arena, struct dc_dialogue_cert, DC_DIALOGUE_CERTS_MAX);
	dialogue->certs = reader->certs;
	if (dialogue->cert_count == DC_DIALOGUE_CERTS_MAX)
		return;
	reader->names = DC_NEW_ARRAY(reader->arena, struct dc_slice, DC_DIALOGUE_NAMES_MAX);
	reader->certs[dialogue->cert_count++] = (struct dc_dialogue_cert){.names = reader->names, .signed_by = -1};
}

/* Lines that belong to the last "cert" line. */
static bool cert_line(struct reader *reader, struct dc_slice key, struct dc_slice value)
{
	if (!reader->dialogue->cert_count)
		return false;
	struct dc_dialogue_cert *cert = &reader->certs[reader->dialogue->cert_count - 1];
	const struct {
		struct dc_slice key;
		struct dc_slice *field;
		size_t octets; /* of a digest; 0: text */
	} fields[] = {
		{DC_S("subject"), &cert->subject, 0},          {DC_S("issuer"), &cert->issuer, 0},
		{DC_S("common-name"), &cert->common_name, 0},  {DC_S("key"), &cert->key, 0},
		{DC_S("signature"), &cert->signature, 0},      {DC_S("cert-sha256"), &cert->cert_sha256, 32},
		{DC_S("cert-sha512"), &cert->cert_sha512, 64}, {DC_S("key-sha256"), &cert->key_sha256, 32},
		{DC_S("key-sha512"), &cert->key_sha512, 64},
	};
	uint64_t number;
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (dc_slice_eq(key, fields[i].key)) {
			*fields[i].field = fields[i].octets ? unhex(reader->arena, value, fields[i].octets)
							    : unescape(reader->arena, value);
			return true;
		}
	if (dc_slice_eq(key, DC_S("name"))) {
		if (cert->name_count < DC_DIALOGUE_NAMES_MAX)
			reader->names[cert->name_count++] = unescape(reader->arena, value);
	} else if (dc_slice_eq(key, DC_S("from"))) {
		cert->has_from = dc_civil_stamp_parse(value, &cert->from_s);
	} else if (dc_slice_eq(key, DC_S("until"))) {
		cert->has_until = dc_civil_stamp_parse(value, &cert->until_s);
	} else if (dc_slice_eq(key, DC_S("signed-by"))) {
		if (dc_slice_uint(value, false, DC_DIALOGUE_CERTS_MAX - 1, &number))
			cert->signed_by = (int)number;
	} else {
		return false;
	}
	return true;
}

/* ---- lines ---- */

static void read_line(struct reader *reader, struct dc_slice key, struct dc_slice value)
{
	struct dc_dialogue *dialogue = reader->dialogue;
	struct dc_slice rest = value;
	if (cert_line(reader, key, value))
		return;
	if (dc_slice_eq(key, DC_S("S"))) {
		server_line(reader, value);
	} else if (dc_slice_eq(key, DC_S("C"))) {
		client_line(reader, value);
	} else if (dc_slice_eq(key, DC_S("peer"))) {
		dialogue->peer = unescape(reader->arena, value);
	} else if (dc_slice_eq(key, DC_S("extra"))) {
		(void)dc_slice_uint(value, false, UINT32_MAX, &dialogue->extra);
	} else if (dc_slice_eq(key, DC_S("tls"))) {
		dialogue->tls_first = !dialogue->banner.count;
		dialogue->tls_version = unescape(reader->arena, dc_slice_cut(&rest, ' '));
		dialogue->tls_cipher = unescape(reader->arena, rest);
	} else if (dc_slice_eq(key, DC_S("tls-failed"))) {
		dialogue->tls_first = !dialogue->banner.count;
		dialogue->tls_error = value.len ? unescape(reader->arena, value) : DC_S("no reason was given");
	} else if (dc_slice_eq(key, DC_S("trusted"))) {
		dialogue->trusted = DC_TRI_YES;
	} else if (dc_slice_eq(key, DC_S("untrusted"))) {
		dialogue->trusted = DC_TRI_NO;
		dialogue->untrusted_why = unescape(reader->arena, value);
	} else if (dc_slice_eq(key, DC_S("cert"))) {
		begin_cert(reader);
	} else if (dc_slice_eq(key, DC_S("old-tls"))) {
		dialogue->old_tls = dc_slice_eq(value, DC_S("refused")) ? DC_TRI_NO : DC_TRI_YES;
		if (dialogue->old_tls == DC_TRI_YES)
			dialogue->old_version = unescape(reader->arena, value);
	} else if (dc_slice_eq(key, DC_S("end"))) {
		dialogue->end_step = unescape(reader->arena, dc_slice_cut(&rest, ' '));
		dialogue->end_how = unescape(reader->arena, rest);
	}
}

bool dc_dialogue_parse(struct dc_arena *arena, struct dc_slice text, struct dc_dialogue *ret_dialogue)
{
	/* A line of the server, a command, or what tells of TLS: all are bounded; certificates have ten lines beside names. */
	enum { LINES_MAX = 2 * DC_DIALOGUE_LINES_MAX + DC_DIALOGUE_CERTS_MAX * (DC_DIALOGUE_NAMES_MAX + 16) + 32 };
	struct dc_dialogue dialogue = {0};
	struct reader reader = {.arena = arena, .dialogue = &dialogue};
	struct dc_slice rest = dc_slice_sub(text, 0, DC_DIALOGUE_MAX);
	if (!dc_slice_eq(dc_slice_cut(&rest, '\n'), DC_S(VERSION)))
		return false;
	expect(&reader, &dialogue.banner);
	for (size_t i = 0; i < LINES_MAX && rest.len; i++) {
		struct dc_slice line = dc_slice_cut(&rest, '\n'), key = dc_slice_cut(&line, ' ');
		read_line(&reader, key, line);
	}
	*ret_dialogue = dialogue;
	return true;
}

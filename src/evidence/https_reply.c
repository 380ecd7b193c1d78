/* What an HTTPS server said, as text: a line for each fact in a fixed order, an empty line, the body as it came. Values
 * have %HH for octets that are not printable ASCII and for the percent sign. Strict when read back. */
#include "base/civil.h"
#include "evidence/https.h"

static const char *const verify_names[DC_HTTPS_VERIFY_COUNT] = {
	[DC_HTTPS_VERIFY_OK] = "ok",           [DC_HTTPS_VERIFY_EXPIRED] = "expired",
	[DC_HTTPS_VERIFY_EARLY] = "not-yet-valid", [DC_HTTPS_VERIFY_NAME] = "wrong-name",
	[DC_HTTPS_VERIFY_SELF] = "self-signed", [DC_HTTPS_VERIFY_UNTRUSTED] = "untrusted",
	[DC_HTTPS_VERIFY_WEAK] = "weak",       [DC_HTTPS_VERIFY_OTHER] = "invalid",
};

const char *dc_https_verify_name(enum dc_https_verify verify)
{
	return verify < DC_HTTPS_VERIFY_COUNT ? verify_names[verify] : "?";
}

/* ---- writing ---- */

static void put_text(struct dc_buf *out, const char *key, struct dc_slice value)
{
	value = dc_slice_sub(value, 0, DC_HTTPS_TEXT_MAX);
	if (!value.len)
		return;
	dc_buf_puts(out, key);
	dc_buf_putc(out, ' ');
	for (size_t i = 0; i < value.len; i++) {
		uint8_t c = (uint8_t)value.ptr[i];
		if (c >= 0x20 && c <= 0x7e && c != '%')
			dc_buf_putc(out, (char)c);
		else
			dc_buf_printf(out, "%%%02x", c);
	}
	dc_buf_putc(out, '\n');
}

static void put_time(struct dc_buf *out, const char *key, int64_t seconds)
{
	char stamp[DC_CIVIL_STAMP_LEN + 1];
	dc_buf_printf(out, "%s %s\n", key, dc_civil_stamp(seconds, stamp));
}

void dc_https_reply_write(struct dc_buf *out, const struct dc_https_reply *reply)
{
	dc_buf_printf(out, "https 1\nstatus %u\n", reply->status);
	put_text(out, "type", reply->type);
	put_text(out, "encoding", reply->encoding);
	put_text(out, "location", reply->location);
	put_text(out, "tls", reply->tls);
	dc_buf_printf(out, "verify %s\n", dc_https_verify_name(reply->verify));
	put_text(out, "reason", reply->verify_text);
	put_text(out, "subject", reply->subject);
	put_text(out, "issuer", reply->issuer);
	put_text(out, "issued-by", reply->issuer_name);
	put_time(out, "not-before", reply->not_before_s);
	put_time(out, "not-after", reply->not_after_s);
	for (size_t i = 0; i < reply->name_count && i < DC_HTTPS_NAME_MAX; i++)
		put_text(out, "name", reply->names[i]);
	dc_buf_printf(out, "body %zu\n\n", reply->body.len);
	dc_buf_put_slice(out, reply->body);
}

/* ---- reading ---- */

struct reader {
	struct dc_arena *arena;
	struct dc_slice rest;
	bool broken;
};

/* The value of the next line when its key is `key`; the line stays when it is another. */
static bool take(struct reader *reader, const char *key, struct dc_slice *ret_value)
{
	struct dc_slice rest = reader->rest, line = dc_slice_cut(&rest, '\n');
	struct dc_slice name = dc_slice_cut(&line, ' ');
	if (reader->broken || !rest.ptr || !line.ptr || !dc_slice_eq(name, dc_slice_of(key)))
		return false;
	*ret_value = line;
	reader->rest = rest;
	return true;
}

/* Exactly what put_text writes. */
static struct dc_slice decode(struct reader *reader, struct dc_slice value)
{
	char *out = dc_arena_alloc(reader->arena, value.len + 1);
	size_t len = 0;
	for (size_t i = 0; i < value.len; i++) {
		int high, low;
		char c = value.ptr[i];
		if (c == '%') {
			high = i + 1 < value.len ? dc_hex_lower_value(value.ptr[i + 1]) : -1;
			low = i + 2 < value.len ? dc_hex_lower_value(value.ptr[i + 2]) : -1;
			if (high < 0 || low < 0) {
				reader->broken = true;
				break;
			}
			c = (char)(high << 4 | low);
			reader->broken |= c >= 0x20 && c <= 0x7e && c != '%';
			i += 2;
		} else {
			reader->broken |= c < 0x20 || c > 0x7e;
		}
		if (reader->broken)
			break;
		out[len++] = c;
	}
	reader->broken |= len == 0 || len > DC_HTTPS_TEXT_MAX;
	return (struct dc_slice){out, len};
}

static struct dc_slice text(struct reader *reader, const char *key)
{
	struct dc_slice value = {0};
	return take(reader, key, &value) ? decode(reader, value) : (struct dc_slice){0};
}

static uint64_t number(struct reader *reader, const char *key, uint64_t most)
{
	struct dc_slice value;
	uint64_t result = 0;
	if (!take(reader, key, &value) || !dc_slice_uint(value, false, most, &result))
		reader->broken = true;
	return result;
}

static int64_t moment(struct reader *reader, const char *key)
{
	struct dc_slice value;
	int64_t result = 0;
	if (!take(reader, key, &value) || !dc_civil_stamp_parse(value, &result))
		reader->broken = true;
	return result;
}

static enum dc_https_verify verdict(struct reader *reader)
{
	struct dc_slice value;
	if (take(reader, "verify", &value))
		for (enum dc_https_verify verify = DC_HTTPS_VERIFY_OK; verify < DC_HTTPS_VERIFY_COUNT; verify++)
			if (dc_slice_eq(value, dc_slice_of(verify_names[verify])))
				return verify;
	reader->broken = true;
	return DC_HTTPS_VERIFY_OTHER;
}

static void read_names(struct reader *reader, struct dc_https_reply *reply)
{
	struct dc_slice *names = DC_NEW_ARRAY(reader->arena, struct dc_slice, DC_HTTPS_NAME_MAX), value;
	while (take(reader, "name", &value)) {
		if (reply->name_count == DC_HTTPS_NAME_MAX) {
			reader->broken = true;
			return;
		}
		names[reply->name_count++] = decode(reader, value);
	}
	reply->names = names;
}

bool dc_https_reply_read(struct dc_arena *arena, struct dc_slice data, struct dc_https_reply *ret_reply)
{
	struct reader reader = {.arena = arena, .rest = data};
	struct dc_https_reply reply = {0};
	if (number(&reader, "https", 1) != 1 || data.len > DC_HTTPS_DATA_MAX)
		return false;
	reply.status = (uint16_t)number(&reader, "status", 999);
	reply.type = text(&reader, "type");
	reply.encoding = text(&reader, "encoding");
	reply.location = text(&reader, "location");
	reply.tls = text(&reader, "tls");
	reply.verify = verdict(&reader);
	reply.verify_text = text(&reader, "reason");
	reply.subject = text(&reader, "subject");
	reply.issuer = text(&reader, "issuer");
	reply.issuer_name = text(&reader, "issued-by");
	reply.not_before_s = moment(&reader, "not-before");
	reply.not_after_s = moment(&reader, "not-after");
	read_names(&reader, &reply);
	size_t len = (size_t)number(&reader, "body", DC_HTTPS_BODY_MAX);
	if (reader.broken || reply.status < 100 || reader.rest.len != len + 1 || reader.rest.ptr[0] != '\n')
		return false;
	reply.body = dc_slice_sub(reader.rest, 1, len);
	*ret_reply = reply;
	return true;
}

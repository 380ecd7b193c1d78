/* What all rooms read with: addresses, times, numbers, UTF-8, and the escapes that let no octet of a stranger through. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/civil.h"
#include "base/escape.h"
#include "base/ip.h"
#include "fuzz.h"

static void check_ip(struct dc_slice text)
{
	struct dc_prefix prefix, again;
	struct dc_ip ip, same;
	char room[DC_IP_TEXT_MAX], more[DC_PREFIX_TEXT_MAX], arpa[DC_IP_ARPA_MAX];

	if (dc_ip_parse(text, &ip)) {
		FUZZ_CHECK(dc_ip_parse(dc_ip_format(ip, room), &same) && dc_ip_eq(ip, same) && dc_ip_cmp(ip, same) == 0);
		FUZZ_CHECK(dc_ip_arpa(ip, arpa).len > 13);
		same = dc_ip_unmap(ip);
		FUZZ_CHECK(dc_ip_eq(same, ip) || (ip.family == 6 && same.family == 4));
		(void)dc_ip_special(ip);
	}
	if (dc_prefix_parse(text, &prefix)) {
		FUZZ_CHECK(prefix.bits <= (prefix.ip.family == 4 ? 32 : 128) && dc_prefix_contains(prefix, prefix.ip));
		FUZZ_CHECK(dc_prefix_parse(dc_prefix_format(prefix, more), &again) && again.bits == prefix.bits);
		FUZZ_CHECK(dc_ip_eq(again.ip, prefix.ip));
	}
}

static void check_number(struct dc_slice text)
{
	uint64_t plain, padded, small;
	char shown[24];

	if (dc_slice_uint(text, true, UINT64_MAX, &padded)) {
		(void)snprintf(shown, sizeof shown, "%llu", (unsigned long long)padded);
		FUZZ_CHECK(dc_slice_uint(dc_slice_of(shown), false, UINT64_MAX, &plain) && plain == padded);
		FUZZ_CHECK(dc_slice_uint(text, true, 255, &small) == (padded <= 255));
	} else {
		FUZZ_CHECK(!dc_slice_uint(text, false, UINT64_MAX, &plain));
	}
}

static void check_time(struct dc_slice text)
{
	char stamp[DC_CIVIL_STAMP_LEN + 1];
	int64_t seconds, again;

	if (!dc_civil_stamp_parse(text, &seconds))
		return;
	FUZZ_CHECK(dc_slice_eq(dc_slice_of(dc_civil_stamp(seconds, stamp)), text));
	FUZZ_CHECK(dc_civil_stamp_parse(dc_slice_of(stamp), &again) && again == seconds);
}

static int digits(const char **at, int base)
{
	int value = 0, digit;

	for (; (digit = dc_hex_lower_value(**at)) >= 0 && digit < base && value < 0x110000; ++*at)
		value = value * base + digit;
	return value;
}

static void put_utf8(struct dc_buf *out, unsigned code)
{
	if (code >= 0x10000) {
		dc_buf_putc(out, (char)(0xf0 | code >> 18));
		dc_buf_putc(out, (char)(0x80 | (code >> 12 & 63)));
	} else if (code >= 0x800) {
		dc_buf_putc(out, (char)(0xe0 | code >> 12));
	}
	if (code >= 0x800)
		dc_buf_putc(out, (char)(0x80 | (code >> 6 & 63)));
	else
		dc_buf_putc(out, (char)(0xc0 | code >> 6));
	dc_buf_putc(out, (char)(0x80 | (code & 63)));
}

/* The octets that an escaped text stands for. */
static void unescape(struct dc_slice text, struct dc_buf *out)
{
	const char *at = text.ptr, *end = text.ptr + text.len;

	while (at < end) {
		if (*at != '\\') {
			dc_buf_putc(out, *at++);
			continue;
		}
		at++;
		if (*at == '\\') {
			dc_buf_putc(out, *at++);
		} else if (*at == 'x') {
			char pair[3] = {at[1], at[2], 0};
			const char *two = pair;

			FUZZ_CHECK(dc_hex_lower_value(pair[0]) >= 0 && dc_hex_lower_value(pair[1]) >= 0);
			dc_buf_putc(out, (char)digits(&two, 16));
			at += 3;
		} else {
			FUZZ_CHECK(at[0] == 'u' && at[1] == '{');
			at += 2;
			put_utf8(out, (unsigned)digits(&at, 16));
			FUZZ_CHECK(*at == '}');
			at++;
		}
	}
}

static void check_escape(struct dc_slice text, unsigned flags)
{
	struct dc_buf shown, back;
	uint32_t code = 0;

	dc_buf_init(&shown, 1 << 20);
	dc_buf_init(&back, 1 << 20);
	dc_escape_text(&shown, text, flags);
	FUZZ_CHECK(shown.status == DC_OK);
	for (struct dc_slice rest = dc_buf_slice(&shown); rest.len;) {
		size_t len = dc_utf8_next(rest, &code);

		FUZZ_CHECK(len && (len == 1 || (flags & DC_ESCAPE_UTF8)));
		FUZZ_CHECK(!dc_code_point_is_hostile(code) || ((flags & DC_ESCAPE_LINES) && (code == '\n' || code == '\t')));
		rest = dc_slice_sub(rest, len, SIZE_MAX);
	}
	FUZZ_CHECK(!text.len || dc_utf8_next((struct dc_slice){text.ptr, 0}, &code) == 0);
	dc_buf_putc(&shown, 0); /* digits() looks one octet ahead */
	shown.len--;
	unescape(dc_buf_slice(&shown), &back);
	FUZZ_CHECK(back.status == DC_OK && dc_slice_eq(dc_buf_slice(&back), text));
	dc_buf_free(&shown);
	dc_buf_free(&back);
}

/* What is escaped already stays as it is, and nothing but an escape begins with a backslash. */
static void check_again(struct dc_slice text, unsigned flags)
{
	struct dc_buf once, twice;

	dc_buf_init(&once, 1 << 20);
	dc_buf_init(&twice, 1 << 20);
	dc_escape_text(&once, text, flags);
	dc_escape_text(&twice, dc_buf_slice(&once), flags | DC_ESCAPE_AGAIN);
	FUZZ_CHECK(dc_slice_eq(dc_buf_slice(&once), dc_buf_slice(&twice)));
	dc_buf_putc(&once, 0);
	once.len--;
	dc_buf_reset(&twice);
	unescape(dc_buf_slice(&once), &twice);
	FUZZ_CHECK(twice.status == DC_OK && twice.len <= once.len);
	dc_buf_free(&once);
	dc_buf_free(&twice);
}

static void check_line(struct dc_slice text)
{
	static const size_t sizes[] = {1, 3, 4, 5, 16, 200, 4096};

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		char *out = malloc(sizes[i]); /* sanitizers see a write past its end */

		FUZZ_CHECK(out && dc_escape_line(out, sizes[i], text) == out && memchr(out, 0, sizes[i]));
		for (const char *at = out; *at; at++)
			FUZZ_CHECK(*at >= 0x20 && *at < 0x7f);
		free(out);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dc_slice text = {(const char *)data, size < 10000 ? size : 10000};

	check_ip(text);
	check_number(text);
	check_time(text);
	check_line(text);
	for (unsigned flags = 0; flags <= (DC_ESCAPE_UTF8 | DC_ESCAPE_LINES); flags++)
		check_escape(text, flags);
	for (unsigned flags = 0; flags <= (DC_ESCAPE_UTF8 | DC_ESCAPE_LINES | DC_ESCAPE_AGAIN); flags++)
		check_again(text, flags);
	return 0;
}

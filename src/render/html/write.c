/* The smallest parts of the HTML report: text that cannot become markup, verdicts, values of any kind. */
#include "render/html/html.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/escape.h"

enum { DEPTH_MAX = 8, ITEMS_MAX = 200 }; /* of a value shown plainly: nobody reads more */

void dc_html_put(struct dc_html *html, const char *markup)
{
	dc_buf_puts(html->out, markup);
}

void dc_html_printf(struct dc_html *html, const char *format, ...)
{
	char text[512]; /* our own words and numbers */
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (len > 0)
		dc_buf_put(html->out, text, (size_t)len < sizeof(text) ? (size_t)len : sizeof(text) - 1);
}

static void escape(struct dc_html *html, struct dc_slice raw, bool element)
{
	struct dc_buf *out = html->out;
	const char *before = element ? "<span class=\"esc\">" : "", *after = element ? "</span>" : "";

	while (raw.len > 0) {
		uint32_t code = 0;
		size_t len = dc_utf8_next(raw, &code);

		if (len == 0) {
			dc_buf_printf(out, "%s\\x%02x%s", before, (unsigned)(unsigned char)raw.ptr[0], after);
			len = 1;
		} else if (dc_code_point_is_hostile(code)) {
			dc_buf_printf(out, code < 0x80 ? "%s\\x%02x%s" : "%s\\u{%x}%s", before, (unsigned)code, after);
		} else if (code >= 0x7f || strchr("<>&\"'`=", (int)code)) {
			dc_buf_printf(out, "&#%u;", (unsigned)code);
		} else {
			dc_buf_putc(out, (char)code);
		}
		raw = dc_slice_sub(raw, len, SIZE_MAX);
	}
}

void dc_html_text(struct dc_html *html, struct dc_slice raw)
{
	escape(html, raw, true);
}

void dc_html_attribute(struct dc_html *html, struct dc_slice raw)
{
	escape(html, raw, false);
}

void dc_html_code(struct dc_html *html, struct dc_slice raw)
{
	dc_html_put(html, "<code>");
	dc_html_text(html, raw);
	dc_html_put(html, "</code>");
}

void dc_html_verdict(struct dc_html *html, struct dc_slice verdict)
{
	static const struct {
		const char *name, *markup;
	} rows[] = {
		{"pass", "<span class=\"v pass\">&#10003; pass</span>"},
		{"fail", "<span class=\"v fail\">&#10007; fail</span>"},
		{"warn", "<span class=\"v warn\">! warning</span>"},
		{"inconclusive", "<span class=\"v inconclusive\">? not determined</span>"},
		{"not-applicable", "<span class=\"v\">&#8211; does not apply</span>"},
		{"incomplete", "<span class=\"v incomplete\">? not determined</span>"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (dc_slice_eq(verdict, dc_slice_of(rows[i].name))) {
			dc_html_put(html, rows[i].markup);
			return;
		}
	dc_html_put(html, "<span class=\"v\">");
	dc_html_text(html, verdict);
	dc_html_put(html, "</span>");
}

void dc_html_title(struct dc_html *html, struct dc_slice name)
{
	static const char *const known[][2] = {
		{"spf", "SPF"}, {"dkim", "DKIM"}, {"dmarc", "DMARC"}, {"mx", "Mail servers"}, {"ptr", "Reverse names"},
		{"mta_sts", "MTA-STS"}, {"mta", "MTA-STS"}, {"tls_rpt", "TLS-RPT"}, {"tls", "TLS"}, {"bimi", "BIMI"},
		{"dane", "DANE"}, {"dnssec", "DNSSEC"}, {"caa", "CAA"}, {"helo", "HELO"}, {"audit", "Completeness"},
		{"ns", "Name servers"}, {"smtp", "SMTP"}, {"https", "HTTPS"}, {"ip", "Address"}, {"soa", "SOA"}, {"dns", "DNS"},
		{"arc", "ARC"}, {"ttl_s", "TTL (seconds)"}, {"rua", "rua"}, {"ruf", "ruf"}, {"mx_host", "MX host"},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (dc_slice_eq(name, dc_slice_of(known[i][0]))) {
			dc_html_put(html, known[i][1]);
			return;
		}
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i] == '_' || name.ptr[i] == '-' ? ' ' : name.ptr[i];

		if (i == 0 && c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		dc_html_text(html, (struct dc_slice){&c, 1});
	}
}

static void object(struct dc_html *html, const json_t *value, unsigned depth);

/* NOLINTBEGIN(misc-no-recursion): DEPTH_MAX */
static void any(struct dc_html *html, const json_t *value, unsigned depth)
{
	size_t i, count = json_array_size(value);

	switch (value ? json_typeof(value) : JSON_NULL) {
	case JSON_STRING:
		dc_html_code(html, (struct dc_slice){json_string_value(value), json_string_length(value)});
		break;
	case JSON_INTEGER:
		dc_html_printf(html, "%lld", (long long)json_integer_value(value));
		break;
	case JSON_REAL:
		dc_html_printf(html, "%.4g", json_real_value(value));
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		dc_html_put(html, json_is_true(value) ? "yes" : "no");
		break;
	case JSON_ARRAY:
		for (i = 0; i < count && i < ITEMS_MAX && depth < DEPTH_MAX; i++) {
			dc_html_put(html, i > 0 && !json_is_object(json_array_get(value, i)) ? ", " : "");
			any(html, json_array_get(value, i), depth + 1);
		}
		if (count == 0)
			dc_html_put(html, "<span class=\"hint\">none</span>");
		if (count > i)
			dc_html_printf(html, " <span class=\"hint\">and %zu more</span>", count - i);
		break;
	case JSON_OBJECT:
		if (depth < DEPTH_MAX)
			object(html, value, depth);
		break;
	default:
		dc_html_put(html, "<span class=\"hint\">not known</span>");
	}
}

static void object(struct dc_html *html, const json_t *value, unsigned depth)
{
	json_t *members = (json_t *)value; /* jansson's iterators want one they may change, and do not */
	const char *key;
	json_t *member;

	dc_html_put(html, "<dl class=\"kv\">");
	json_object_foreach(members, key, member)
	{
		dc_html_put(html, "<dt>");
		dc_html_title(html, dc_slice_of(key));
		dc_html_put(html, "</dt><dd>");
		any(html, member, depth + 1);
		dc_html_put(html, "</dd>\n");
	}
	dc_html_put(html, "</dl>");
}
/* NOLINTEND(misc-no-recursion) */

void dc_html_value(struct dc_html *html, const json_t *value)
{
	any(html, value, 0);
}

void dc_html_count(struct dc_html *html, uint64_t count, const char *one, const char *many)
{
	dc_html_printf(html, "%llu %s", (unsigned long long)count, count == 1 ? one : many);
}

uint64_t dc_html_number(const json_t *object, const char *key)
{
	json_int_t value = json_integer_value(json_object_get(object, key));

	return value > 0 ? (uint64_t)value : 0;
}

void dc_html_block(struct dc_html *html, const char *key, const char *title)
{
	dc_html_printf(html, "<div class=\"block\"><h3 id=\"d%u-%s\">%s</h3>\n", html->number, key, title);
}

/* Rdata to text and back. ldns knows the types; here stands what it does not guard: numbers that do not fit their field,
 * text longer than its buffers (TXT is read here for that reason), and the RFC 3597 form of rdata that is malformed for its
 * type.
 * RFC 1035 5.1 (escapes, strings), RFC 3597 5 (\#). */
#include "dns/rdata_text.h"

#include <ldns/ldns.h>
#include <stdlib.h>

#include "dns/answer.h"
#include "dns/rdata_fields.h"

enum { LDNS_TEXT_MAX = 60000 }; /* ldns cuts longer rdata at LDNS_MAX_PACKETLEN without a word */

const char dc_why_no_memory[] = "no memory";

static struct dc_slice skip_blanks(struct dc_slice s)
{
	while (s.len && dc_is_wsp(s.ptr[0]))
		s = dc_slice_sub(s, 1, SIZE_MAX);
	return s;
}

/* ---- \# LENGTH HEX ---- */

static const char *read_generic(struct dc_buf *out, struct dc_slice text)
{
	struct dc_slice rest = dc_slice_sub(text, 2, SIZE_MAX), number = dc_rdata_word(&rest);
	uint64_t length;
	int high = -1;
	size_t octets = 0;
	if (!dc_slice_uint(number, true, DC_RDATA_MAX, &length))
		return "after \\# stands no length from 0 to 65535";
	for (size_t i = 0; i < rest.len; i++) {
		int value = dc_is_wsp(rest.ptr[i]) ? -2 : dc_hex_value(rest.ptr[i]);
		if (value == -1)
			return "after \\# and the length only hexadecimal digits may stand";
		if (value < 0)
			continue;
		if (high < 0) {
			high = value;
			continue;
		}
		dc_buf_putc(out, (char)(high << 4 | value));
		high = -1;
		octets++;
	}
	return octets == length && high < 0 ? NULL : "the length after \\# is not the number of octets that follow";
}

void dc_rdata_to_generic(struct dc_buf *out, struct dc_slice rdata)
{
	dc_buf_printf(out, "\\# %zu", rdata.len);
	if (rdata.len)
		dc_buf_putc(out, ' ');
	dc_buf_put_hex(out, rdata.ptr, rdata.len);
}

/* ---- TXT and SPF ---- */

static const char *read_strings(struct dc_buf *out, struct dc_slice s)
{
	size_t at = 0, strings = 0;
	while ((s = skip_blanks(dc_slice_sub(s, at, SIZE_MAX))).len > 0) {
		bool quoted = s.ptr[0] == '"', closed = !quoted;
		char string[1 + 255];
		size_t len = 0;
		at = quoted;
		while (at < s.len) {
			if (quoted && s.ptr[at] == '"') {
				closed = true;
				at++;
				break;
			}
			if (!quoted && dc_is_wsp(s.ptr[at]))
				break;
			int octet = dc_rdata_octet(s, &at);
			if (octet < 0)
				return "a backslash must be followed by a character or by three digits up to 255";
			if (len == 255)
				return "a string is longer than 255 octets: split it into several quoted strings";
			string[1 + len++] = (char)octet;
		}
		if (!closed)
			return "a quotation mark is never closed";
		string[0] = (char)len;
		dc_buf_put(out, string, 1 + len);
		strings++;
	}
	return strings ? NULL : "at least one string is needed, as in: \"v=spf1 -all\"";
}

/* False when `rdata` is not made of strings. */
static bool write_strings(struct dc_buf *out, struct dc_slice rdata)
{
	size_t start = out->len;
	for (size_t at = 0, len; at < rdata.len; at += 1 + len) {
		len = (uint8_t)rdata.ptr[at];
		if (len > rdata.len - at - 1) {
			out->len = start;
			return false;
		}
		dc_buf_puts(out, at ? " \"" : "\"");
		for (size_t i = at + 1; i <= at + len; i++) {
			char c = rdata.ptr[i];
			if (c == '"' || c == '\\')
				dc_buf_put(out, (char[]){'\\', c}, 2);
			else if (c >= 0x20 && c <= 0x7e)
				dc_buf_putc(out, c);
			else
				dc_buf_printf(out, "\\%03u", (uint8_t)c);
		}
		dc_buf_putc(out, '"');
	}
	return rdata.len > 0;
}

/* ---- everything else, through ldns ---- */

static const char *hint_for(uint16_t type)
{
	switch (type) {
	case DC_TYPE_A:
		return "not one IPv4 address, as in: 192.0.2.1";
	case DC_TYPE_AAAA:
		return "not one IPv6 address, as in: 2001:db8::1";
	case DC_TYPE_NS:
	case DC_TYPE_CNAME:
	case DC_TYPE_PTR:
	case DC_TYPE_DNAME:
		return "not one host name, as in: mail.example.com.";
	case DC_TYPE_MX:
		return "not a preference and a host name, as in: 10 mail.example.com.";
	case DC_TYPE_SRV:
		return "not priority, weight, port and host name, as in: 0 1 587 mail.example.com.";
	case DC_TYPE_SOA:
		return "not two names and five numbers, as in: ns1.example.com. hostmaster.example.com. 1 3600 900 604800 300";
	case DC_TYPE_TLSA:
		return "not three numbers and hexadecimal digits, as in: 3 1 1 0123ABCD";
	case DC_TYPE_CAA:
		return "not a number, a tag and a value, as in: 0 issue \"ca.example.net\"";
	default:
		return "the data does not fit the type";
	}
}

/* ldns takes 70000 for 4464. True when each leading plain number fits its field. */
static bool numbers_fit(uint16_t type, struct dc_slice text)
{
	const ldns_rr_descriptor *row = ldns_rr_descript(type);
	for (size_t i = 0; row && i < ldns_rr_descriptor_maximum(row) && text.len; i++) {
		ldns_rdf_type field = ldns_rr_descriptor_field_type(row, i);
		uint64_t value, max = field == LDNS_RDF_TYPE_INT8 ? UINT8_MAX : field == LDNS_RDF_TYPE_INT16 ? UINT16_MAX : 0;
		struct dc_slice word = dc_rdata_word(&text);
		if (field != LDNS_RDF_TYPE_INT8 && field != LDNS_RDF_TYPE_INT16 && field != LDNS_RDF_TYPE_DNAME)
			return true;
		if (max && !dc_slice_uint(word, true, max, &value))
			return false;
	}
	return true;
}

/* ldns loses a little memory over a certificate type (RFC 4398) of 0. */
static bool cert_type_fits(struct dc_slice text)
{
	uint64_t value;
	char name[16] = {0};
	struct dc_slice word = dc_rdata_word(&text);
	if (dc_slice_uint(word, true, UINT16_MAX, &value))
		return value > 0;
	if (word.len >= sizeof name)
		return false;
	memcpy(name, word.ptr, word.len);
	return word.len && ldns_lookup_by_name(ldns_cert_algorithms, name) != NULL;
}

static ldns_rdf *origin_rdf(struct dc_slice origin)
{
	uint8_t wire[DC_NAME_WIRE_MAX];
	size_t len = origin.len ? dc_name_to_wire(origin, wire) : 0;
	return len ? ldns_dname_new_frm_data((uint16_t)len, wire) : NULL;
}

static const char *read_with_ldns(struct dc_buf *out, uint16_t type, struct dc_slice text, struct dc_slice origin)
{
	char name[16];
	struct dc_buf line;
	ldns_rr *rr = NULL;
	const char *why = NULL;
	if (text.len > LDNS_TEXT_MAX)
		return "the data is too long for this form: write it as \\# LENGTH HEX";
	if (!numbers_fit(type, text) || (type == LDNS_RR_TYPE_CERT && !cert_type_fits(text)))
		return hint_for(type);
	if (dc_rdata_fields_known(type)) {
		if (dc_rdata_fields_read(out, type, text, origin, &why))
			return NULL;
		return why ? why : hint_for(type);
	}
	dc_buf_init(&line, LDNS_TEXT_MAX + 64);
	dc_buf_printf(&line, ". 0 IN %s ", dc_type_name(type, name));
	dc_buf_put_slice(&line, text);
	dc_buf_putc(&line, 0);
	ldns_rdf *base = origin_rdf(origin);
	ldns_buffer *wire = ldns_buffer_new(512);
	if (line.status != DC_OK || !wire)
		why = dc_why_no_memory;
	else if (ldns_rr_new_frm_str(&rr, line.ptr, 0, base, NULL) != LDNS_STATUS_OK)
		why = hint_for(type);
	else if (ldns_rr_rdata2buffer_wire(wire, rr) != LDNS_STATUS_OK || ldns_buffer_position(wire) > DC_RDATA_MAX)
		why = "the data is too long";
	else
		dc_buf_put(out, ldns_buffer_begin(wire), ldns_buffer_position(wire));
	ldns_rr_free(rr);
	ldns_buffer_free(wire);
	ldns_rdf_deep_free(base);
	dc_buf_free(&line);
	return why;
}

bool dc_rdata_from_text(struct dc_buf *out, uint16_t type, struct dc_slice text, struct dc_slice origin,
			const char **ret_why)
{
	size_t start = out->len;
	const char *why;
	text = dc_slice_trim(text);
	if (text.len && memchr(text.ptr, 0, text.len))
		why = "an octet 0 stands in the text";
	else if (dc_slice_starts(text, DC_S("\\#")) && (text.len == 2 || dc_is_wsp(text.ptr[2])))
		why = read_generic(out, text);
	else if (type == DC_TYPE_TXT || type == DC_TYPE_SPF)
		why = read_strings(out, text);
	else
		why = read_with_ldns(out, type, text, origin);
	if (!why && out->len - start > DC_RDATA_MAX)
		why = "the data is longer than 65535 octets";
	if (!why && out->status != DC_OK)
		why = dc_why_no_memory;
	if (!why)
		return true;
	out->len = start;
	if (ret_why)
		*ret_why = why;
	return false;
}

/* The type bitmap of RFC 4034 4.1.2, which ldns reads without looking where it ends. */
static bool is_bitmap(const uint8_t *octets, size_t len)
{
	size_t at = 0;
	while (len - at >= 2 && octets[at + 1] >= 1 && octets[at + 1] <= 32 && octets[at + 1] <= len - at - 2)
		at += 2 + (size_t)octets[at + 1];
	return at == len;
}

/* ldns shows these without harm whatever is in them. Others it does not: the parameters of an HTTPS record can make it call
 * abort(). Records with such fields are shown as \# LENGTH HEX. */
static bool is_safe(const ldns_rdf *rdf)
{
	switch (ldns_rdf_get_type(rdf)) {
	case LDNS_RDF_TYPE_DNAME:
	case LDNS_RDF_TYPE_INT8:
	case LDNS_RDF_TYPE_INT16:
	case LDNS_RDF_TYPE_INT32:
	case LDNS_RDF_TYPE_A:
	case LDNS_RDF_TYPE_AAAA:
	case LDNS_RDF_TYPE_STR:
	case LDNS_RDF_TYPE_LONG_STR:
	case LDNS_RDF_TYPE_TAG:
	case LDNS_RDF_TYPE_HEX:
	case LDNS_RDF_TYPE_B64:
	case LDNS_RDF_TYPE_TYPE:
	case LDNS_RDF_TYPE_ALG:
	case LDNS_RDF_TYPE_TIME:
	case LDNS_RDF_TYPE_PERIOD:
	case LDNS_RDF_TYPE_CERTIFICATE_USAGE:
	case LDNS_RDF_TYPE_SELECTOR:
	case LDNS_RDF_TYPE_MATCHING_TYPE:
		return true;
	case LDNS_RDF_TYPE_NSEC:
		return is_bitmap(ldns_rdf_data(rdf), ldns_rdf_size(rdf));
	default:
		return false;
	}
}

/* The fields of `rdata` as ldns shows them, into `text`; false when it cannot or must not. */
static bool present(ldns_buffer *text, uint16_t type, struct dc_slice rdata)
{
	uint8_t head[] = {0, (uint8_t)(type >> 8), (uint8_t)type, 0, 1, 0, 0, 0, 0, (uint8_t)(rdata.len >> 8), (uint8_t)rdata.len};
	struct dc_buf wire;
	ldns_rr *rr = NULL;
	size_t at = 0;
	bool fine;
	dc_buf_init(&wire, sizeof head + DC_RDATA_MAX);
	dc_buf_put(&wire, head, sizeof head);
	dc_buf_put_slice(&wire, rdata);
	fine = wire.status == DC_OK && ldns_wire2rr(&rr, (const uint8_t *)wire.ptr, wire.len, &at, LDNS_SECTION_ANSWER) ==
						LDNS_STATUS_OK;
	fine = fine && ldns_rr_rd_count(rr) > 0;
	for (size_t i = 0; fine && i < ldns_rr_rd_count(rr); i++)
		fine = is_safe(ldns_rr_rdf(rr, i)) && (i == 0 || ldns_buffer_printf(text, " ") >= 0) &&
		       ldns_rdf2buffer_str(text, ldns_rr_rdf(rr, i)) == LDNS_STATUS_OK;
	ldns_rr_free(rr);
	dc_buf_free(&wire);
	return fine;
}

static bool reads_back(uint16_t type, struct dc_slice text, struct dc_slice rdata)
{
	struct dc_buf again;
	bool same;
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] < 0x20 || text.ptr[i] > 0x7e)
			return false;
	dc_buf_init(&again, (size_t)2 * DC_RDATA_MAX);
	same = dc_rdata_from_text(&again, type, text, (struct dc_slice){0}, NULL) && dc_slice_eq(dc_buf_slice(&again), rdata);
	dc_buf_free(&again);
	return same;
}

void dc_rdata_to_text(struct dc_buf *out, uint16_t type, struct dc_slice rdata)
{
	if ((type == DC_TYPE_TXT || type == DC_TYPE_SPF) && write_strings(out, rdata))
		return;
	ldns_buffer *text = rdata.len <= DC_RDATA_MAX ? ldns_buffer_new(2 * rdata.len + 64) : NULL;
	if (text && present(text, type, rdata) && ldns_buffer_status_ok(text)) {
		struct dc_slice shown = dc_slice_trim((struct dc_slice){(char *)ldns_buffer_begin(text), ldns_buffer_position(text)});
		if (reads_back(type, shown, rdata)) {
			dc_buf_put_slice(out, shown);
			ldns_buffer_free(text);
			return;
		}
	}
	ldns_buffer_free(text);
	dc_rdata_to_generic(out, rdata);
}

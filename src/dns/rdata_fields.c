/* Presentation form to wire form, a field at a time. ldns_rr_new_frm_str would do it in one call, but aborts or crashes when
 * memory ends in the middle of it; its readers of single fields do not, and a field that is not there is seen here.
 * RFC 1035 5.1; RFC 4034 and 5155 (DNSSEC), RFC 6698 (TLSA), RFC 8659 4.1.1 (CAA). */
#include "dns/rdata_fields.h"

#include <ldns/ldns.h>

#include "dns/name.h"
#include "dns/rdata_text.h"

enum { FIELD_TEXT_MAX = 60000, FIELDS_KNOWN = 64, FIELDS_MAX = 16 };

typedef ldns_status reader(ldns_rdf **ret_field, const char *text);

/* How a field's text ends. */
enum extent { NONE, WORD, DIGITS_TO_END, WORDS_TO_END, VALUE_TO_END, STRING };

static const struct row {
	reader *read;
	enum extent extent;
} rows[FIELDS_KNOWN] = {
	[LDNS_RDF_TYPE_DNAME] = {ldns_str2rdf_dname, WORD},
	[LDNS_RDF_TYPE_INT8] = {ldns_str2rdf_int8, WORD},
	[LDNS_RDF_TYPE_INT16] = {ldns_str2rdf_int16, WORD},
	[LDNS_RDF_TYPE_INT32] = {ldns_str2rdf_int32, WORD},
	[LDNS_RDF_TYPE_PERIOD] = {ldns_str2rdf_period, WORD},
	[LDNS_RDF_TYPE_TIME] = {ldns_str2rdf_time, WORD},
	[LDNS_RDF_TYPE_A] = {ldns_str2rdf_a, WORD},
	[LDNS_RDF_TYPE_AAAA] = {ldns_str2rdf_aaaa, WORD},
	[LDNS_RDF_TYPE_TYPE] = {ldns_str2rdf_type, WORD},
	[LDNS_RDF_TYPE_ALG] = {ldns_str2rdf_alg, WORD},
	[LDNS_RDF_TYPE_TAG] = {ldns_str2rdf_tag, WORD},
	[LDNS_RDF_TYPE_CERTIFICATE_USAGE] = {ldns_str2rdf_certificate_usage, WORD},
	[LDNS_RDF_TYPE_SELECTOR] = {ldns_str2rdf_selector, WORD},
	[LDNS_RDF_TYPE_MATCHING_TYPE] = {ldns_str2rdf_matching_type, WORD},
	[LDNS_RDF_TYPE_NSEC3_SALT] = {ldns_str2rdf_nsec3_salt, WORD},
	[LDNS_RDF_TYPE_NSEC3_NEXT_OWNER] = {ldns_str2rdf_b32_ext, WORD},
	[LDNS_RDF_TYPE_HEX] = {ldns_str2rdf_hex, DIGITS_TO_END},
	[LDNS_RDF_TYPE_B64] = {ldns_str2rdf_b64, DIGITS_TO_END},
	[LDNS_RDF_TYPE_NSEC] = {ldns_str2rdf_nsec, WORDS_TO_END},
	[LDNS_RDF_TYPE_LONG_STR] = {NULL, VALUE_TO_END},
	[LDNS_RDF_TYPE_STR] = {NULL, STRING},
};

static const struct row *row_of(ldns_rdf_type field)
{
	return (size_t)field < FIELDS_KNOWN && rows[field].extent != NONE ? &rows[field] : NULL;
}

/* A list of types (NSEC, NSEC3) may be empty; no other field may be left out. */
bool dc_rdata_fields_known(uint16_t type)
{
	const ldns_rr_descriptor *fields = ldns_rr_descript(type);
	const struct row *row = NULL;
	if (!fields || ldns_rr_descriptor_maximum(fields) > FIELDS_MAX) /* the last field repeats */
		return false;
	for (size_t i = 0; i < ldns_rr_descriptor_maximum(fields); i++)
		if (!(row = row_of(ldns_rr_descriptor_field_type(fields, i))))
			return false;
	return row && ldns_rr_descriptor_minimum(fields) + (row->extent == WORDS_TO_END) >= ldns_rr_descriptor_maximum(fields);
}

struct dc_slice dc_rdata_word(struct dc_slice *rest)
{
	struct dc_slice s = *rest;
	bool quoted = false;
	size_t i = 0;
	while (s.len && dc_is_wsp(s.ptr[0]))
		s = dc_slice_sub(s, 1, SIZE_MAX);
	for (; i < s.len && (quoted || !dc_is_wsp(s.ptr[i])); i++) {
		if (s.ptr[i] == '"')
			quoted = !quoted;
		else if (s.ptr[i] == '\\' && i + 1 < s.len)
			i++;
	}
	*rest = dc_slice_sub(s, i, SIZE_MAX);
	return dc_slice_sub(s, 0, i);
}

int dc_rdata_octet(struct dc_slice s, size_t *at)
{
	char c = s.ptr[(*at)++];
	if (c != '\\')
		return (uint8_t)c;
	if (*at >= s.len)
		return -1;
	if (!dc_is_digit(s.ptr[*at]))
		return (uint8_t)s.ptr[(*at)++];
	uint64_t value;
	if (!dc_slice_uint(dc_slice_sub(s, *at, 3), true, 255, &value) || s.len - *at < 3)
		return -1;
	*at += 3;
	return (int)value;
}

/* True when an odd number of backslashes stands at the end: the last one would escape what follows. */
static bool is_escaping(struct dc_slice text)
{
	size_t backslashes = 0;
	while (backslashes < text.len && text.ptr[text.len - 1 - backslashes] == '\\')
		backslashes++;
	return backslashes % 2 != 0;
}

/* "@" and names without the last dot, completed. False: no name. */
static bool put_name(struct dc_buf *text, struct dc_slice name, struct dc_slice origin)
{
	bool at = dc_slice_eq(name, DC_S("@"));
	if (is_escaping(name) || name.ptr[0] == '"')
		return false;
	if (!at) {
		dc_buf_put_slice(text, name);
		if (name.ptr[name.len - 1] == '.' && !is_escaping(dc_slice_sub(name, 0, name.len - 1)))
			return true;
		dc_buf_putc(text, '.');
	}
	if (!dc_slice_eq(origin, DC_S(".")))
		dc_buf_put_slice(text, origin);
	if (at || (origin.len && !dc_slice_eq(origin, DC_S("."))))
		dc_buf_putc(text, '.');
	return true;
}

/* What ldns is to read of the field, NUL-terminated. False: nothing is left, or too much. */
static bool field_text(struct dc_buf *text, ldns_rdf_type field, struct dc_slice *rest, struct dc_slice origin)
{
	enum extent extent = rows[field].extent;
	struct dc_slice word = extent == WORDS_TO_END ? dc_slice_trim(*rest) : dc_rdata_word(rest);
	dc_buf_reset(text);
	if (field != LDNS_RDF_TYPE_DNAME)
		dc_buf_put_slice(text, word);
	else if (!word.len || !put_name(text, word, origin))
		return false;
	if (extent == WORDS_TO_END)
		*rest = dc_slice_sub(*rest, rest->len, SIZE_MAX);
	while (extent == DIGITS_TO_END && (word = dc_rdata_word(rest)).len)
		dc_buf_put_slice(text, word);
	dc_buf_putc(text, 0);
	return text->len > 1 || extent == WORDS_TO_END;
}

/* A string after its length, or a value to the end of the rdata without one (RFC 8659 4.1). Quotation marks may be left out where
 * there is no blank. */
static bool read_octets(struct dc_buf *out, struct dc_slice *rest)
{
	struct dc_slice word = dc_rdata_word(rest);
	bool quoted = word.len && word.ptr[0] == '"';
	if (!word.len)
		return false;
	for (size_t at = quoted; at < word.len;) {
		if (word.ptr[at] == '"')
			return quoted && at + 1 == word.len;
		int octet = dc_rdata_octet(word, &at);
		if (octet < 0)
			return false;
		dc_buf_putc(out, (char)octet);
	}
	return !quoted;
}

static bool read_string(struct dc_buf *out, struct dc_slice *rest)
{
	size_t start = out->len;
	dc_buf_putc(out, 0);
	if (!read_octets(out, rest) || out->status != DC_OK || out->len - start > 256)
		return false;
	out->ptr[start] = (char)(out->len - start - 1);
	return true;
}

bool dc_rdata_fields_read(struct dc_buf *out, uint16_t type, struct dc_slice text, struct dc_slice origin, const char **ret_why)
{
	const ldns_rr_descriptor *fields = ldns_rr_descript(type);
	struct dc_buf word;
	bool fine = true;
	*ret_why = NULL;
	dc_buf_init(&word, FIELD_TEXT_MAX + DC_NAME_TEXT_MAX + 8);
	for (size_t i = 0; fine && i < ldns_rr_descriptor_maximum(fields); i++) {
		ldns_rdf_type field = ldns_rr_descriptor_field_type(fields, i);
		ldns_rdf *rdf = NULL;
		if (rows[field].extent == STRING || rows[field].extent == VALUE_TO_END) {
			fine = rows[field].extent == STRING ? read_string(out, &text) : read_octets(out, &text);
			continue;
		}
		if (rows[field].extent == WORDS_TO_END && !dc_slice_trim(text).len)
			break;
		fine = field_text(&word, field, &text, origin);
		if (word.status != DC_OK)
			*ret_why = dc_why_no_memory;
		else if (fine) {
			ldns_status status = rows[field].read(&rdf, word.ptr);
			if (status == LDNS_STATUS_MEM_ERR || (status == LDNS_STATUS_OK && !rdf))
				*ret_why = dc_why_no_memory;
			fine = status == LDNS_STATUS_OK && rdf;
			if (fine)
				dc_buf_put(out, ldns_rdf_data(rdf), ldns_rdf_size(rdf));
		}
		fine = fine && !*ret_why;
		ldns_rdf_deep_free(rdf);
	}
	dc_buf_free(&word);
	return fine && !dc_slice_trim(text).len;
}

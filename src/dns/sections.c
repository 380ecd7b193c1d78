/* The records of a message (RFC 1035 4.1.3, 4.1.4). Which fields a type has, and where names stand in them, is asked of ldns; its
 * own reader of messages costs some thirty allocations each, and crashes when one of them fails.
 * A record may break off between two fields, as ldns allows: who reads the field then sees that it is not there. */
#include "dns/sections.h"

#include <ldns/ldns.h>

enum {
	HEADER = 12,
	RECORD_HEAD = 10,     /* type, class, TTL, length */
	POINTER = 0xc0,
	SOA_NUMBERS = 20,     /* octets */
	FIELDS_MAX = 16,      /* of a type without repetition; HIP has most */
};

struct reader {
	struct dc_arena *arena;
	const uint8_t *wire;
	size_t len, at;
	struct dc_slice question;
	bool plain;           /* no escapes in it: its octets stand where they stand on the wire */
	bool authority;       /* this section */
	size_t last_owner_at; /* where the name of the record before stands, after one pointer */
	struct dc_slice last_owner;
};

/* The name at wire[*at], spelled out unless `name` is NULL; *at goes behind it. Pointers lead back only, so that there is an end.
 * 0: no name. */
static inline size_t read_name(const struct reader *reader, size_t *at, uint8_t *name)
{
	size_t from = *at, lowest = *at, n = 0;
	bool jumped = false;
	for (;;) {
		if (from >= reader->len)
			return 0;
		size_t label = reader->wire[from];
		if ((label & POINTER) == POINTER) {
			if (reader->len - from < 2)
				return 0;
			if (!jumped)
				*at = from + 2;
			jumped = true;
			from = (label & ~(size_t)POINTER) << 8 | reader->wire[from + 1];
			if (from >= lowest || from < HEADER)
				return 0;
			lowest = from;
			continue;
		}
		if (label > DC_LABEL_MAX || reader->len - from < 1 + label || n + 1 + label > DC_NAME_WIRE_MAX)
			return 0;
		if (name)
			memcpy(name + n, reader->wire + from, 1 + label);
		n += 1 + label;
		from += 1 + label;
		if (label == 0)
			break;
	}
	if (!jumped)
		*at = from;
	return n;
}

/* The part of the question's name that begins with a label at wire[start]. */
static bool is_in_question(const struct reader *reader, size_t start, struct dc_slice *ret_owner)
{
	size_t text = start - HEADER;
	if (start == HEADER) {
		*ret_owner = reader->question;
		return true;
	}
	if (!reader->plain || start < HEADER || text >= reader->question.len || reader->question.ptr[text - 1] != '.')
		return false;
	*ret_owner = dc_slice_sub(reader->question, text, SIZE_MAX);
	return true;
}

/* Most owners are the root (OPT), or a pointer to the question, into it or to the owner before. */
static bool read_owner(struct reader *reader, struct dc_slice *ret_owner)
{
	const uint8_t *wire = reader->wire;
	uint8_t name[DC_NAME_WIRE_MAX];
	size_t start = reader->at;
	if (reader->len > start && wire[start] == 0) {
		*ret_owner = DC_S(".");
		reader->at++;
		return true;
	}
	if (reader->len - reader->at >= 2 && (wire[start] & POINTER) == POINTER) {
		start = (size_t)(wire[start] & ~POINTER) << 8 | wire[start + 1];
		if (start == reader->last_owner_at || is_in_question(reader, start, ret_owner)) {
			if (start == reader->last_owner_at)
				*ret_owner = reader->last_owner;
			reader->at += 2;
			return true;
		}
	}
	size_t n = read_name(reader, &reader->at, name);
	if (!n || !dc_name_from_wire(reader->arena, name, n, ret_owner, NULL))
		return false;
	reader->last_owner_at = start;
	reader->last_owner = *ret_owner;
	return true;
}

/* ---- rdata ---- */

/* Octets of a field whose length does not depend on what is in it; 0 for all others. */
static size_t fixed_size(ldns_rdf_type field)
{
	switch (field) {
	case LDNS_RDF_TYPE_INT8:
	case LDNS_RDF_TYPE_ALG:
	case LDNS_RDF_TYPE_CERTIFICATE_USAGE:
	case LDNS_RDF_TYPE_SELECTOR:
	case LDNS_RDF_TYPE_MATCHING_TYPE:
		return 1;
	case LDNS_RDF_TYPE_INT16:
	case LDNS_RDF_TYPE_TYPE:
	case LDNS_RDF_TYPE_CLASS:
	case LDNS_RDF_TYPE_CERT_ALG:
		return 2;
	case LDNS_RDF_TYPE_INT32:
	case LDNS_RDF_TYPE_A:
	case LDNS_RDF_TYPE_TIME:
	case LDNS_RDF_TYPE_PERIOD:
		return 4;
	case LDNS_RDF_TYPE_TSIGTIME:
	case LDNS_RDF_TYPE_EUI48:
		return 6;
	case LDNS_RDF_TYPE_ILNP64:
	case LDNS_RDF_TYPE_EUI64:
		return 8;
	case LDNS_RDF_TYPE_AAAA:
		return 16;
	default:
		return 0;
	}
}

/* Octets of the field at `at`, of which `left` are left; more than `left` when it breaks off. */
static size_t field_size(ldns_rdf_type field, const uint8_t *at, size_t left)
{
	switch (field) {
	case LDNS_RDF_TYPE_STR:
	case LDNS_RDF_TYPE_TAG:
	case LDNS_RDF_TYPE_NSEC3_SALT:
	case LDNS_RDF_TYPE_NSEC3_NEXT_OWNER:
	case LDNS_RDF_TYPE_B32_EXT:
		return (size_t)at[0] + 1;
	case LDNS_RDF_TYPE_INT16_DATA:
		return left < 2 ? SIZE_MAX : (size_t)ldns_read_uint16(at) + 2;
	default: {
		size_t size = fixed_size(field);
		return size ? size : left;
	}
	}
}

/* Strings to the end (TXT, SPF): the shape is tested, nothing is moved. */
static bool are_strings(const uint8_t *at, size_t left)
{
	while (left) {
		size_t size = (size_t)at[0] + 1;
		if (size > left)
			return false;
		at += size;
		left -= size;
	}
	return true;
}

static bool has_names(const ldns_rr_descriptor *fields, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (ldns_rr_descriptor_field_type(fields, i) == LDNS_RDF_TYPE_DNAME)
			return true;
	return false;
}

/* The fields of rdata from reader->at to `end`; names spelled out into `out` (NULL: there are none). The length, or SIZE_MAX. */
static size_t read_fields(struct reader *reader, const ldns_rr_descriptor *fields, size_t count, size_t end, uint8_t *out,
			  bool *ret_whole)
{
	size_t n = 0, i = 0;
	for (; i < count && reader->at < end; i++) {
		ldns_rdf_type field = ldns_rr_descriptor_field_type(fields, i);
		size_t left = end - reader->at, size;
		if (field == LDNS_RDF_TYPE_DNAME) {
			size = read_name(reader, &reader->at, out + n);
			if (!size || reader->at > end)
				return SIZE_MAX;
		} else {
			size = field_size(field, reader->wire + reader->at, left);
			if (size > left)
				return SIZE_MAX;
			if (out)
				memcpy(out + n, reader->wire + reader->at, size);
			reader->at += size;
		}
		n += size;
	}
	*ret_whole = i >= ldns_rr_descriptor_minimum(fields);
	return reader->at == end ? n : SIZE_MAX;
}

/* Whole records of the types that nearly all are, in the same way as below but without a look at ldns' tables. */
static bool read_usual(struct reader *reader, size_t length, struct dc_section_rr *rr)
{
	size_t at = reader->at, end = at + length;
	const uint8_t *start = reader->wire + at;
	switch (rr->type) {
	case LDNS_RR_TYPE_OPT:
		break;
	case LDNS_RR_TYPE_A:
		if (length != 4)
			return false;
		break;
	case LDNS_RR_TYPE_AAAA:
		if (length != 16)
			return false;
		break;
	case LDNS_RR_TYPE_TXT:
		if (length == 0 || !are_strings(start, length))
			return false;
		break;
	case LDNS_RR_TYPE_SOA: /* vouches for what is not there: nobody asks for its names */
		if (!reader->authority || !read_name(reader, &at, NULL) || at >= end || !read_name(reader, &at, NULL) ||
		    at > end || end - at != SOA_NUMBERS)
			return false;
		start = reader->wire + at;
		break;
	default:
		return false;
	}
	rr->rdata = (struct dc_slice){(const char *)start, (size_t)(reader->wire + end - start)};
	rr->whole = true;
	reader->at = end;
	return true;
}

static bool read_rdata(struct reader *reader, size_t length, struct dc_section_rr *rr)
{
	if (read_usual(reader, length, rr))
		return true;
	const ldns_rr_descriptor *fields = ldns_rr_descript(rr->type);
	size_t count = fields ? ldns_rr_descriptor_maximum(fields) : 0, end = reader->at + length;
	const uint8_t *start = reader->wire + reader->at;
	uint8_t *out = NULL;
	rr->rdata = (struct dc_slice){(const char *)start, length};
	if (count > FIELDS_MAX) { /* the last field repeats */
		bool strings = ldns_rr_descriptor_field_type(fields, 0) == LDNS_RDF_TYPE_STR;
		reader->at = end;
		rr->whole = length > 0;
		return !strings || are_strings(start, length);
	}
	if (!count) {
		reader->at = end;
		rr->whole = true;
		return true;
	}
	if (has_names(fields, count))
		out = dc_arena_alloc(reader->arena, length + count * DC_NAME_WIRE_MAX);
	size_t n = read_fields(reader, fields, count, end, out, &rr->whole);
	if (n == SIZE_MAX)
		return false;
	if (out)
		rr->rdata = (struct dc_slice){(const char *)out, n};
	return true;
}

/* ---- sections ---- */

static bool read_record(struct reader *reader, struct dc_section_rr *rr)
{
	if (!read_owner(reader, &rr->owner) || reader->len - reader->at < RECORD_HEAD)
		return false;
	const uint8_t *head = reader->wire + reader->at;
	size_t length = ldns_read_uint16(head + 8);
	/* NOLINTNEXTLINE(analyzer-null-dereference): as many records were made room for as the header counts */
	rr->type = ldns_read_uint16(head);
	rr->class = ldns_read_uint16(head + 2);
	rr->ttl_s = ldns_read_uint32(head + 4);
	reader->at += RECORD_HEAD;
	return length <= reader->len - reader->at && read_rdata(reader, length, rr);
}

static bool read_section(struct reader *reader, size_t count, struct dc_section *section)
{
	struct dc_section_rr *rrs = count ? DC_NEW_ARRAY(reader->arena, struct dc_section_rr, count) : NULL;
	for (size_t i = 0; i < count; i++)
		if (!read_record(reader, &rrs[i]))
			return false;
	*section = (struct dc_section){rrs, count};
	return true;
}

bool dc_sections_read(struct dc_arena *arena, const uint8_t *wire, size_t len, size_t at, struct dc_slice question,
		      struct dc_sections *ret_sections)
{
	struct reader reader = {.arena = arena, .wire = wire, .len = len, .at = at, .question = question, .last_owner_at = SIZE_MAX};
	reader.plain = dc_slice_find(question, '\\') == SIZE_MAX;
	*ret_sections = (struct dc_sections){0};
	if (!read_section(&reader, LDNS_ANCOUNT(wire), &ret_sections->answer))
		return false;
	reader.authority = true;
	if (!read_section(&reader, LDNS_NSCOUNT(wire), &ret_sections->authority))
		return false;
	reader.authority = false;
	if (!read_section(&reader, LDNS_ARCOUNT(wire), &ret_sections->additional))
		return false;
	for (size_t i = 0; i < ret_sections->additional.count; i++)
		if (ret_sections->additional.rrs[i].type == LDNS_RR_TYPE_OPT) {
			ret_sections->edns = true;
			ret_sections->rcode_extension = (uint8_t)(ret_sections->additional.rrs[i].ttl_s >> 24);
			ret_sections->options = ret_sections->additional.rrs[i].rdata;
		}
	return true;
}

/* Inside the renderers of domain objects: their values, which a fleet makes by the hundred thousand. A node is a few
 * words in an arena, an object a list of its members: nothing is copied, hashed or freed one by one. jansson reads
 * JSON, writes what needs escapes, and holds whatever is not made for each domain. */
#ifndef DC_RENDER_JSON_NODE_H
#define DC_RENDER_JSON_NODE_H

#include "render/json/value.h"

struct dc_node;

/* NULL when memory is spent; json->failed says so at the end, and NULL may be given to all of these. Nodes live until
 * dc_node_forget, and text is borrowed until then (but for dc_node_copy). */
struct dc_node *dc_node_object(struct dc_json *json);
struct dc_node *dc_node_array(struct dc_json *json);
struct dc_node *dc_node_null(struct dc_json *json);
struct dc_node *dc_node_flag(struct dc_json *json, bool value);
struct dc_node *dc_node_integer(struct dc_json *json, int64_t number);
struct dc_node *dc_node_real(struct dc_json *json, double number);
/* As dc_json_text: octets that are no UTF-8 are escaped. */
struct dc_node *dc_node_text(struct dc_json *json, struct dc_slice s);
/* Nothing in it needs an escape: printable ASCII, neither a quote nor a backslash. */
bool dc_node_is_plain(const char *text, size_t len);
struct dc_node *dc_node_copy(struct dc_json *json, struct dc_slice s); /* `s` need not live on */
struct dc_node *dc_node_text_or_null(struct dc_json *json, struct dc_slice s); /* empty: null */
struct dc_node *dc_node_word(struct dc_json *json, const char *text);          /* our own words */
struct dc_node *dc_node_name_or_null(struct dc_json *json, const char *text);  /* NULL: null */
struct dc_node *dc_node_uint(struct dc_json *json, uint64_t number);
struct dc_node *dc_node_ip(struct dc_json *json, struct dc_ip ip);             /* no address: null */
struct dc_node *dc_node_bool(struct dc_json *json, bool known, bool value);    /* not known: null */
struct dc_node *dc_node_tri(struct dc_json *json, enum dc_tri value);          /* unknown: null */
struct dc_node *dc_node_texts(struct dc_json *json, const struct dc_slice *items, size_t count);
/* {kind, name, type, server, outcome, …} of an answer; NULL: null. */
struct dc_node *dc_node_answer(struct dc_json *json, const struct dc_answer *answer);
struct dc_https_url;
struct dc_https_fetch;
/* {url, status, …, certificate, unanswered} of a document */
struct dc_node *dc_json_fetch(struct dc_json *json, const struct dc_https_url *url, const struct dc_https_fetch *fetch);

/* `key` is one of our own words, new in the object, and lives on; `value` is in no other place. */
void dc_node_set_key(struct dc_json *json, struct dc_node *object, struct dc_slice key, struct dc_node *value);
/* Inline, so that the compiler counts the octets of the key. */
static inline void dc_node_set(struct dc_json *json, struct dc_node *object, const char *key, struct dc_node *value)
{
	dc_node_set_key(json, object, (struct dc_slice){key, __builtin_strlen(key)}, value);
}
void dc_node_add(struct dc_json *json, struct dc_node *array, struct dc_node *value);

/* Appends `value` to `out`; compact, or indented with every line but the first moved right by `margin`: octet for octet what
 * dc_json_write would write. */
void dc_node_write(struct dc_json *json, struct dc_buf *out, const struct dc_node *value, bool compact, unsigned margin);
/* The same as a value of jansson, the caller's; NULL: no memory, or no node. */
json_t *dc_node_value(struct dc_json *json, const struct dc_node *node);
/* All nodes made so far. */
void dc_node_forget(struct dc_json *json);

/* ---- reading (node_read.c): NULL may be given to all, and is a value that is not there ---- */

const struct dc_node *dc_node_get(const struct dc_node *object, const char *key);
/* Of a text; empty: it is none. */
struct dc_slice dc_node_text_of(const struct dc_node *value);
struct dc_slice dc_node_get_text(const struct dc_node *object, const char *key); /* the same of a member */
bool dc_node_get_integer(const struct dc_node *object, const char *key, int64_t *ret_number);
enum dc_tri dc_node_get_tri(const struct dc_node *object, const char *key);
/* The items of an array, or the members of an object. */
const struct dc_node *dc_node_first(const struct dc_node *list);
const struct dc_node *dc_node_next(const struct dc_node *item);
/* A value of jansson as nodes, which borrow its text. NULL: no memory. */
struct dc_node *dc_node_of(struct dc_json *json, const json_t *value);

/* ---- the domain ---- */

enum dc_node_extent {
	DC_NODE_WHOLE,
	DC_NODE_VERDICTS, /* of profiles no requirements, which are many */
};
/* A domain as in the reports; its words are made in the report's scratch. */
struct dc_node *dc_node_domain(struct dc_json *json, struct dc_report *report, const struct dc_audit_result *result,
			       enum dc_node_extent extent);

/* The parts of "facts"; each is an object (or array) with all its keys, whatever is unknown null. result->facts may be
 * NULL, and so may any part of it. */
struct dc_node *dc_json_facts(struct dc_json *json, const struct dc_audit_result *result);
struct dc_node *dc_json_spf(struct dc_json *json, const struct dc_facts *facts);
struct dc_node *dc_json_dkim(struct dc_json *json, const struct dc_facts *facts);
struct dc_node *dc_json_dmarc(struct dc_json *json, const struct dc_facts *facts);
struct dc_node *dc_json_mx(struct dc_json *json, const struct dc_audit_result *result);
struct dc_node *dc_json_blocklists(struct dc_json *json, const struct dc_facts *facts);
struct dc_node *dc_json_smtp(struct dc_json *json, const struct dc_facts *facts);
struct dc_node *dc_json_dane(struct dc_json *json, const struct dc_facts *facts);
struct dc_node *dc_json_ptr(struct dc_json *json, const struct dc_facts *facts);
struct dc_node *dc_json_dnssec(struct dc_json *json, const struct dc_facts *facts);
struct dc_node *dc_json_authority(struct dc_json *json, const struct dc_facts *facts);
struct dc_node *dc_json_providers(struct dc_json *json, const struct dc_facts *facts);
struct dc_node *dc_json_identities(struct dc_json *json, const struct dc_facts *facts);
/* Only with a manifest: inputs->declared. */
struct dc_node *dc_json_declared(struct dc_json *json, const struct dc_inputs *inputs, const struct dc_facts *facts);
struct dc_node *dc_json_message(struct dc_json *json, const struct dc_message_facts *message);
struct dc_node *dc_json_mta_sts(struct dc_json *json, const struct dc_facts *facts);
struct dc_node *dc_json_tls_rpt(struct dc_json *json, const struct dc_facts *facts);
struct dc_node *dc_json_bimi(struct dc_json *json, const struct dc_facts *facts);
struct dc_node *dc_json_caa(struct dc_json *json, const struct dc_facts *facts);
struct dc_node *dc_json_spoofable(struct dc_json *json, const struct dc_facts *facts);

/* One profile of a domain: as a node, and as it stands in a line, from its "title" on (profile.c). */
struct dc_node *dc_node_profile(struct dc_json *json, const struct dc_profile_result *profile, enum dc_node_extent extent);
void dc_json_put_profile(struct dc_json *json, struct dc_buf *out, const struct dc_profile_result *profile);
/* All waivers of the run, and whether they were of use. */
json_t *dc_json_waivers(struct dc_json *json, const struct dc_run_info *run);

#endif

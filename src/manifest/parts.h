/* Inside the room: readers of values and of levels. */
#ifndef DC_MANIFEST_PARTS_H
#define DC_MANIFEST_PARTS_H

#include "manifest/manifest.h"
#include "manifest/yaml.h"

/* ---- values.c: each notes a fault and returns false when the value is not what it must be ---- */

/* A scalar that says something; numbers and booleans are texts too. */
bool dc_read_text(struct dc_faults *faults, const struct dc_yaml_node *node, const char *key, struct dc_slice *ret_text);
/* A scalar that YAML takes for a text. */
bool dc_read_string(struct dc_faults *faults, const struct dc_yaml_node *node, const char *key, struct dc_slice *ret_text);
bool dc_read_number(struct dc_faults *faults, const struct dc_yaml_node *node, const char *key, uint32_t least, uint32_t most,
		    uint32_t *ret_number);
/* One of `words` (NULL-terminated): its index. */
bool dc_read_word(struct dc_faults *faults, const struct dc_yaml_node *node, const char *key, const char *const *words,
		  size_t *ret_index);
bool dc_read_name(struct dc_faults *faults, const struct dc_yaml_node *node, const char *key, struct dc_slice *ret_name);
/* A host that may have underscores. */
bool dc_read_host(struct dc_faults *faults, const struct dc_yaml_node *node, const char *key, struct dc_slice *ret_name);
/* HELO: a name, a single label, or an address in brackets. */
bool dc_read_helo(struct dc_faults *faults, const struct dc_yaml_node *node, const char *key, struct dc_slice *ret_name);
/* DOMAIN or LOCAL@DOMAIN. */
bool dc_read_address(struct dc_faults *faults, const struct dc_yaml_node *node, const char *key, struct dc_slice *ret_local,
		     struct dc_slice *ret_domain);
bool dc_read_selector(struct dc_faults *faults, const struct dc_yaml_node *node, const char *key, struct dc_slice *ret_name);
bool dc_read_prefix(struct dc_faults *faults, const struct dc_yaml_node *node, const char *key, struct dc_prefix *ret_prefix);
bool dc_read_date(struct dc_faults *faults, const struct dc_yaml_node *node, const char *key, struct dc_slice *ret_text,
		  int64_t *ret_seconds);
bool dc_read_provider(struct dc_faults *faults, const struct dc_yaml_node *node, const char *key,
		      const struct dc_provider_row **ret_row);

/* ---- maps and lists ---- */

/* One key that may stand at a place. */
struct dc_manifest_key {
	const char *name;
	/* Notes its own faults. `node` is never NULL and says something, unless `empty`. */
	void (*read)(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target);
	bool empty; /* nothing may stand behind it */
};
enum { DC_MANIFEST_KEYS_MAX = 32 };

/* Hands each entry of a map to its reader; unknown and double keys are faults. `where`: "a domain", for messages. Returns
 * the bits of the keys that were there. `keys` ends with a row without name. */
uint32_t dc_read_map(struct dc_faults *faults, const struct dc_yaml_node *node, const char *where,
		     const struct dc_manifest_key *keys, void *target);
/* The first entry of a list, or the value itself, which stands for a list of one; at most DC_MANIFEST_LIST_MAX. NULL: it is
 * empty or a fault was noted. dc_list_next gives the others. */
const struct dc_yaml_node *dc_list_first(struct dc_faults *faults, const struct dc_yaml_node *node, const char *key,
					 size_t *ret_count);
const struct dc_yaml_node *dc_list_next(const struct dc_yaml_node *list, const struct dc_yaml_node *entry);

/* ---- settings.c: what the defaults, a campaign and a domain may say ---- */

enum dc_said {
	DC_SAID_ROLE = 1,
	DC_SAID_SENDERS = 2,
	DC_SAID_PROVIDERS = 4,
	DC_SAID_POLICY = 8,
	DC_SAID_SINCE = 16,
	DC_SAID_TRACKING = 32,
	DC_SAID_RETURN_PATHS = 64,
	DC_SAID_LOOKUPS = 128,
	DC_SAID_KEY_BITS = 256,
	DC_SAID_KEY_AGE = 512,
	/* of a sender */
	DC_SAID_PROVIDER = 1 << 10,
	DC_SAID_FROM = 1 << 11,
	DC_SAID_MAIL_FROM = 1 << 12,
	DC_SAID_HELO = 1 << 13,
	DC_SAID_DKIM_DOMAIN = 1 << 14,
	DC_SAID_SELECTORS = 1 << 15,
	DC_SAID_IPS = 1 << 16,
	DC_SAID_ANY_SENDER = 127 << 10,
};

/* A sender, or what one level says for all of them. */
struct dc_sender_said {
	uint32_t said;
	struct dc_stream stream;
	const struct dc_manifest_text *from_domains; /* beside stream.from: the domain of each, canonical */
	struct dc_place place;
};

struct dc_level {
	const struct dc_level *above;
	uint32_t said;
	struct dc_declared values;
	struct dc_sender_said sender;          /* the keys beside `senders` */
	const struct dc_sender_said *senders;  /* an own list */
	size_t sender_count;
	struct dc_place since;                 /* where `since` stands */
	struct dc_place sends;                 /* the first key that says that it sends; line 0: none */
	struct dc_manifest_decision decision;
	const struct dc_yaml_node *domains;    /* of a campaign */
};

/* Reads a map of settings; `where`: "a domain", for messages; `campaign`: with `domains`. level->above is set. */
void dc_level_read(struct dc_faults *faults, const struct dc_yaml_node *node, const char *where, bool campaign,
		   struct dc_level *level);
/* All that holds for a domain with `level`, nearest first. */
void dc_level_resolve(struct dc_faults *faults, const struct dc_level *level, struct dc_slice domain,
		      struct dc_declared *ret_declared);

#endif

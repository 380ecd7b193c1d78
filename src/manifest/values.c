/* Single values of a manifest, and the walks over maps and lists. Every fault says what is there and what would be right. */
#include "base/civil.h"
#include "dns/name.h"
#include "manifest/parts.h"

/* ---- scalars ---- */

bool dc_read_text(struct dc_faults *faults, const struct dc_yaml_node *node, const char *key, struct dc_slice *ret_text)
{
	if (node->bad)
		return false;
	if (node->kind != DC_YAML_SCALAR || dc_yaml_type_of(node) == DC_YAML_NOTHING || dc_slice_trim(node->text).len == 0) {
		dc_fault(faults, node->place, "%s must be a text, and this is %s", key,
			 node->kind == DC_YAML_SCALAR ? "empty" : dc_yaml_kind_name(node));
		return false;
	}
	*ret_text = node->text;
	return true;
}

bool dc_read_string(struct dc_faults *faults, const struct dc_yaml_node *node, const char *key, struct dc_slice *ret_text)
{
	enum dc_yaml_type type = dc_yaml_type_of(node);
	if (!node->bad && node->kind == DC_YAML_SCALAR && type != DC_YAML_TEXT && type != DC_YAML_NOTHING) {
		dc_fault(faults, node->place, "%s must be a text, and %s is %s to YAML", key, dc_fault_show(faults, node->text),
			 dc_yaml_kind_name(node));
		return false;
	}
	return dc_read_text(faults, node, key, ret_text);
}

bool dc_read_number(struct dc_faults *faults, const struct dc_yaml_node *node, const char *key, uint32_t least, uint32_t most,
		    uint32_t *ret_number)
{
	uint64_t number;
	if (node->bad)
		return false;
	if (dc_yaml_type_of(node) != DC_YAML_INTEGER || !dc_slice_uint(node->text, false, most, &number) || number < least) {
		dc_fault(faults, node->place, "%s must be a whole number from %u to %u", key, (unsigned)least, (unsigned)most);
		return false;
	}
	*ret_number = (uint32_t)number;
	return true;
}

/* "a, b or c" */
static const char *enumerate(struct dc_faults *faults, const char *const *words)
{
	struct dc_slice text = {0};
	for (size_t i = 0; words[i]; i++)
		text = dc_arena_printf(faults->arena, "%.*s%s%s", DC_FMT(text), i == 0 ? "" : words[i + 1] ? ", " : " or ", words[i]);
	return text.ptr;
}

bool dc_read_word(struct dc_faults *faults, const struct dc_yaml_node *node, const char *key, const char *const *words,
		  size_t *ret_index)
{
	struct dc_slice text;
	if (!dc_read_string(faults, node, key, &text))
		return false;
	for (size_t i = 0; words[i]; i++)
		if (dc_slice_eq(text, dc_slice_of(words[i]))) {
			*ret_index = i;
			return true;
		}
	const char *near = dc_fault_near(text, words);
	dc_fault(faults, node->place, "%s must be %s, not \"%s\"%s%s%s", key, enumerate(faults, words), dc_fault_show(faults, text),
		 near ? ": did you mean \"" : "", near ? near : "", near ? "\"?" : "");
	return false;
}

/* ---- names ---- */

static bool name_from(struct dc_faults *faults, struct dc_place place, struct dc_slice text, const char *key,
		      struct dc_slice *ret_name)
{
	struct dc_error why;
	if (dc_name_from_input(faults->arena, text, ret_name, &why) == DC_OK)
		return true;
	dc_fault(faults, place, "%s: %.300s", key, why.message);
	return false;
}

bool dc_read_name(struct dc_faults *faults, const struct dc_yaml_node *node, const char *key, struct dc_slice *ret_name)
{
	struct dc_slice text;
	return dc_read_string(faults, node, key, &text) && name_from(faults, node->place, text, key, ret_name);
}

bool dc_read_host(struct dc_faults *faults, const struct dc_yaml_node *node, const char *key, struct dc_slice *ret_name)
{
	struct dc_slice text, name;
	if (!dc_read_string(faults, node, key, &text))
		return false;
	/* Hosts of providers may have underscores, which names that people type have not. */
	if (dc_slice_find(text, '_') != SIZE_MAX && dc_slice_find(text, '.') != SIZE_MAX &&
	    dc_name_normalize(faults->arena, text, &name) && dc_name_is_host(name, true)) {
		*ret_name = name;
		return true;
	}
	return name_from(faults, node->place, text, key, ret_name);
}

bool dc_read_helo(struct dc_faults *faults, const struct dc_yaml_node *node, const char *key, struct dc_slice *ret_name)
{
	struct dc_slice text;
	if (!dc_read_string(faults, node, key, &text))
		return false;
	if (text.len > 2 && text.ptr[0] == '[' && text.ptr[text.len - 1] == ']') {
		*ret_name = text; /* a literal is legal (RFC 5321 4.1.3), and judged by a check */
		return true;
	}
	if (dc_slice_find(text, '.') == SIZE_MAX && dc_name_is_host(text, true)) {
		*ret_name = dc_arena_lower(faults->arena, text); /* so is "localhost" */
		return true;
	}
	return name_from(faults, node->place, text, key, ret_name);
}

bool dc_read_address(struct dc_faults *faults, const struct dc_yaml_node *node, const char *key, struct dc_slice *ret_local,
		     struct dc_slice *ret_domain)
{
	struct dc_slice text;
	if (!dc_read_string(faults, node, key, &text))
		return false;
	size_t at = text.len;
	while (at > 0 && text.ptr[at - 1] != '@')
		at--;
	if (at == 1) {
		dc_fault(faults, node->place, "%s: nothing stands before the @ of \"%s\"", key, dc_fault_show(faults, text));
		return false;
	}
	*ret_local = at ? dc_slice_sub(text, 0, at - 1) : (struct dc_slice){0};
	return name_from(faults, node->place, dc_slice_sub(text, at, SIZE_MAX), key, ret_domain);
}

bool dc_read_selector(struct dc_faults *faults, const struct dc_yaml_node *node, const char *key, struct dc_slice *ret_name)
{
	static const struct dc_slice suffix = {"._domainkey", sizeof "._domainkey" - 1};
	struct dc_slice text, name;
	if (!dc_read_text(faults, node, key, &text))
		return false;
	if (text.len > suffix.len && dc_slice_ends_nocase(text, suffix))
		text = dc_slice_sub(text, 0, text.len - suffix.len);
	if (dc_name_normalize(faults->arena, text, &name) && dc_name_is_host(name, true)) {
		*ret_name = name;
		return true;
	}
	dc_fault(faults, node->place, "%s: \"%s\" is no selector: give the part before ._domainkey, such as s1 or google", key,
		 dc_fault_show(faults, text));
	return false;
}

bool dc_read_prefix(struct dc_faults *faults, const struct dc_yaml_node *node, const char *key, struct dc_prefix *ret_prefix)
{
	struct dc_slice text;
	if (!dc_read_string(faults, node, key, &text))
		return false;
	if (dc_prefix_parse(text, ret_prefix))
		return true;
	dc_fault(faults, node->place, "%s: \"%s\" is no address and no range: write 192.0.2.1, 192.0.2.0/28 or 2001:db8::/64", key,
		 dc_fault_show(faults, text));
	return false;
}

/* Midnight UTC at its beginning. */
bool dc_read_date(struct dc_faults *faults, const struct dc_yaml_node *node, const char *key, struct dc_slice *ret_text,
		  int64_t *ret_seconds)
{
	char stamp[DC_CIVIL_STAMP_LEN + 1] = "YYYY-MM-DDT00:00:00Z";
	struct dc_slice text;
	if (!dc_read_text(faults, node, key, &text))
		return false;
	if (text.len == 10) {
		memcpy(stamp, text.ptr, 10);
		if (dc_civil_stamp_parse(dc_slice_of(stamp), ret_seconds)) {
			*ret_text = text;
			return true;
		}
	}
	dc_fault(faults, node->place, "%s: \"%s\" is no date: write year-month-day, such as 2026-12-01", key, dc_fault_show(faults, text));
	return false;
}

bool dc_read_provider(struct dc_faults *faults, const struct dc_yaml_node *node, const char *key,
		      const struct dc_provider_row **ret_row)
{
	const char *ids[DC_NEAR_WORDS_MAX + 1] = {0}, *names[DC_NEAR_WORDS_MAX + 1] = {0}, *near;
	struct dc_slice text;
	if (!dc_read_string(faults, node, key, &text))
		return false;
	*ret_row = dc_provider_find(text);
	if (*ret_row)
		return true;
	for (size_t i = 0; i < DC_NEAR_WORDS_MAX && dc_provider_at(i); i++) {
		ids[i] = dc_provider_at(i)->id;
		names[i] = dc_provider_at(i)->name;
	}
	near = dc_fault_near(text, names);
	for (size_t i = 0; near && names[i]; i++)
		if (names[i] == near) {
			near = ids[i];
			break;
		}
	near = near ? near : dc_fault_near(text, ids);
	if (near)
		dc_fault(faults, node->place, "%s: there is no provider \"%s\": did you mean \"%s\"?", key, dc_fault_show(faults, text),
			 near);
	else
		dc_fault(faults, node->place,
			 "%s: no provider \"%s\" is known: the JSON Schema (manifest.json) has those that are; leave it out "
			 "when yours is not among them",
			 key, dc_fault_show(faults, text));
	return false;
}

/* ---- maps and lists ---- */

static const char *key_list(struct dc_faults *faults, const struct dc_manifest_key *keys)
{
	struct dc_slice text = {0};
	for (size_t i = 0; keys[i].name; i++)
		text = dc_arena_printf(faults->arena, "%.*s%s%s", DC_FMT(text), i ? ", " : "", keys[i].name);
	return text.ptr;
}

static void unknown_key(struct dc_faults *faults, const struct dc_yaml_node *key, const char *where,
			const struct dc_manifest_key *keys)
{
	const char *names[DC_MANIFEST_KEYS_MAX + 1] = {0};
	for (size_t i = 0; keys[i].name; i++)
		names[i] = keys[i].name;
	const char *near = dc_fault_near(key->text, names);
	if (faults->count == DC_FAULTS_MAX)
		faults->more++;
	else if (near)
		dc_fault(faults, key->place, "%s has no key \"%s\": did you mean \"%s\"?", where, dc_fault_show(faults, key->text), near);
	else
		dc_fault(faults, key->place, "%s has no key \"%s\"; there are: %s", where, dc_fault_show(faults, key->text),
			 key_list(faults, keys));
}

uint32_t dc_read_map(struct dc_faults *faults, const struct dc_yaml_node *node, const char *where,
		     const struct dc_manifest_key *keys, void *target)
{
	struct dc_place seen[DC_MANIFEST_KEYS_MAX] = {{0}};
	uint32_t bits = 0;
	if (node->bad)
		return 0;
	if (node->kind != DC_YAML_MAP) {
		dc_fault(faults, node->place, "%s must be a mapping (key: value), and this is %s", where, dc_yaml_kind_name(node));
		return 0;
	}
	for (const struct dc_yaml_node *entry = node->first; entry; entry = entry->next) {
		size_t i = 0;
		if (entry->key->bad)
			continue;
		while (keys[i].name && !dc_slice_eq(entry->key->text, dc_slice_of(keys[i].name)))
			i++;
		if (!keys[i].name) {
			unknown_key(faults, entry->key, where, keys);
			continue;
		}
		if (seen[i].line) {
			dc_fault(faults, entry->key->place, "the key \"%s\" stands in line %u already", keys[i].name,
				 (unsigned)seen[i].line);
			continue;
		}
		seen[i] = entry->key->place;
		bits |= 1u << i;
		if (!keys[i].empty && !entry->bad && dc_yaml_type_of(entry) == DC_YAML_NOTHING)
			dc_fault(faults, entry->key->place, "nothing stands behind \"%s\": give it a value or leave it out",
				 keys[i].name);
		else
			keys[i].read(faults, entry, keys[i].name, target);
	}
	return bits;
}

const struct dc_yaml_node *dc_list_first(struct dc_faults *faults, const struct dc_yaml_node *node, const char *key,
					 size_t *ret_count)
{
	*ret_count = node->kind == DC_YAML_LIST ? node->count : 1;
	if (node->bad)
		return NULL;
	if (*ret_count > DC_MANIFEST_LIST_MAX) {
		dc_fault(faults, node->place, "%s: more than %d entries", key, DC_MANIFEST_LIST_MAX);
		return NULL;
	}
	return node->kind == DC_YAML_LIST ? node->first : node;
}

const struct dc_yaml_node *dc_list_next(const struct dc_yaml_node *list, const struct dc_yaml_node *entry)
{
	return list == entry ? NULL : entry->next;
}

/* Waivers, severities and profiles from their texts. A file of waivers has one a line:
 *
 *   # slug         subject            [in domain]      until         because
 *   spf-softfail   good.example                        2027-01-31    -all comes after the launch
 *   ptr-generic-name  192.0.2.*       in good.example  2027-03-31    the new range is ordered
 */
#include "api/decision.h"

#include "base/escape.h"
#include "policy/glob.h"
#include "source/file.h"

enum {
	WAIVERS_FILE_MAX = 4 << 20, /* octets */
	WAIVERS_MAX = 10000,        /* each is compared with each finding of each domain */
	SHOWN = 100,
};

static const char *shown(char out[SHOWN], struct dc_slice text)
{
	return dc_escape_line(out, SHOWN, text);
}

/* ---- names and near misses ---- */

struct near {
	struct dc_slice typed;
	const char *best;
	size_t distance;
};

static struct near near_begin(struct dc_slice typed)
{
	return (struct near){.typed = typed, .distance = typed.len / 3 + 2};
}

/* A name that only lacks its end ("ptr-generic") is about as near as one with a typing error. */
static void near_try(struct near *near, const char *name)
{
	enum { ENDLESS_MIN = 4, ENDLESS = 2 };
	size_t distance = dc_edit_distance(near->typed, dc_slice_of(name), near->distance);
	if (distance > ENDLESS && near->typed.len >= ENDLESS_MIN && dc_slice_starts(dc_slice_of(name), near->typed))
		distance = ENDLESS;
	if (distance < near->distance) {
		near->best = name;
		near->distance = distance;
	}
}

const char *dc_slug_near(struct dc_slice name, bool checks)
{
	struct near near = near_begin(name);
	for (size_t i = 0; i < DC_F_COUNT; i++)
		near_try(&near, dc_catalogue_row((enum dc_finding_id)i)->slug);
	for (size_t i = 0; checks && dc_check_at(i); i++)
		near_try(&near, dc_check_at(i)->id);
	return near.best;
}

static const struct dc_check *find_check(struct dc_slice id)
{
	for (size_t i = 0; dc_check_at(i); i++)
		if (dc_slice_eq(id, dc_slice_of(dc_check_at(i)->id)))
			return dc_check_at(i);
	return NULL;
}

static bool matches_some(struct dc_slice pattern)
{
	for (size_t i = 0; i < DC_F_COUNT; i++)
		if (dc_glob_matches(pattern, dc_slice_of(dc_catalogue_row((enum dc_finding_id)i)->slug)))
			return true;
	return false;
}

static const enum dc_finding_id *list_ids(struct dc_arena *arena, struct dc_slice pattern, size_t *ret_count)
{
	enum dc_finding_id *ids = NULL;
	size_t count = 0, capacity = 0;
	for (size_t i = 0; i < DC_F_COUNT; i++)
		if (dc_glob_matches(pattern, dc_slice_of(dc_catalogue_row((enum dc_finding_id)i)->slug)))
			DC_PUSH(arena, ids, count, capacity) = (enum dc_finding_id)i;
	*ret_count = count;
	return ids;
}

static enum dc_status unknown(struct dc_slice where, struct dc_slice name, bool checks, struct dc_error *err)
{
	char a[SHOWN], b[SHOWN];
	const char *near = dc_slug_near(name, checks);
	if (dc_glob_is_pattern(name))
		return dc_error_set(err, DC_ERR_INPUT, "%s: \"%s\" matches no finding: see domaincheck explain", shown(a, where),
				    shown(b, name));
	return dc_error_set(err, DC_ERR_INPUT, near ? "%s: there is no finding \"%s\": did you mean \"%s\"?"
						    : "%s: there is no finding \"%s\": see domaincheck explain%s",
			    shown(a, where), shown(b, name), near ? near : "");
}

/* ---- waivers ---- */

static bool is_undetermined(struct dc_slice slug)
{
	enum dc_finding_id id;
	return dc_catalogue_find(slug, &id) && dc_catalogue_row(id)->inconclusive;
}

/* A day counts to its end. */
static bool parse_end(struct dc_slice text, int64_t *ret_s)
{
	enum { DATE_LEN = 10, DAY_S = 86400 };
	if (!dc_time_parse(text, ret_s))
		return false;
	*ret_s += text.len == DATE_LEN ? DAY_S : 0;
	return true;
}

static bool has_control(struct dc_slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7f)
			return true;
	return false;
}

enum dc_status dc_waiver_add(struct dc_config *config, struct dc_policy *policy, const struct dc_waiver_text *text,
			     struct dc_error *err)
{
	static const struct dc_slice any = {"*", 1};
	char a[SHOWN], b[SHOWN];
	int64_t ends_s;
	if (!matches_some(text->slug))
		return unknown(text->where, text->slug, false, err);
	if (is_undetermined(text->slug))
		return dc_error_set(err, DC_ERR_INPUT, "%s: %s says what could not be determined: nobody can accept that unseen",
				    shown(a, text->where), shown(b, text->slug));
	if (has_control(text->subject) || has_control(text->domain) || has_control(text->reason))
		return dc_error_set(err, DC_ERR_INPUT, "%s: the waiver of %s holds a control character", shown(a, text->where),
				    shown(b, text->slug));
	if (!parse_end(text->expires, &ends_s))
		return dc_error_set(err, DC_ERR_INPUT, "%s: \"%s\" is not the last day of the waiver, such as 2027-01-31",
				    shown(a, text->where), shown(b, text->expires));
	if (!text->reason.len)
		return dc_error_set(err, DC_ERR_INPUT, "%s: the waiver of %s gives no reason", shown(a, text->where),
				    shown(b, text->slug));
	if (config->waiver_count == WAIVERS_MAX)
		return dc_error_set(err, DC_ERR_INPUT, "%s: more than %d waivers", /* not fuzzed: ten thousand waivers */
				    shown(a, text->where), WAIVERS_MAX);
	struct dc_waiver *waiver = DC_NEW(config->arena, struct dc_waiver);
	size_t id_count;
	const enum dc_finding_id *ids = list_ids(config->arena, text->slug, &id_count);
	*waiver = (struct dc_waiver){
		.slug = dc_arena_dup(config->arena, text->slug),
		.ids = ids,
		.id_count = id_count,
		.subject = text->subject.len ? dc_arena_dup(config->arena, text->subject) : any,
		.domain = dc_arena_dup(config->arena, text->domain),
		.expires = dc_arena_dup(config->arena, text->expires),
		.ends_s = ends_s,
		.reason = dc_arena_dup(config->arena, text->reason),
		.where = dc_arena_dup(config->arena, text->where),
		.number = config->waiver_count,
		.own = text->own,
	};
	DC_PUSH(config->arena, config->waivers, config->waiver_count, config->waiver_capacity) = waiver;
	DC_PUSH(config->arena, policy->waivers, policy->waiver_count, policy->waiver_capacity) = waiver;
	return DC_OK;
}

static struct dc_slice word(struct dc_slice *rest)
{
	size_t n = 0;
	*rest = dc_slice_trim(*rest);
	while (n < rest->len && rest->ptr[n] != ' ' && rest->ptr[n] != '\t')
		n++;
	struct dc_slice found = dc_slice_sub(*rest, 0, n);
	*rest = dc_slice_trim(dc_slice_sub(*rest, n, SIZE_MAX));
	return found;
}

static enum dc_status read_line(struct dc_config *config, struct dc_policy *policy, struct dc_slice line,
				struct dc_slice where, struct dc_error *err)
{
	struct dc_waiver_text text = {.where = where};
	struct dc_slice rest = line;
	char a[SHOWN];
	text.slug = word(&rest);
	text.subject = word(&rest);
	text.expires = word(&rest);
	if (dc_slice_eq(text.expires, DC_S("in"))) {
		text.domain = word(&rest);
		text.expires = word(&rest);
	}
	text.reason = rest;
	if (!text.expires.len)
		return dc_error_set(err, DC_ERR_INPUT,
				    "%s: a waiver is SLUG SUBJECT DATE REASON, such as: spf-softfail example.com 2027-01-31 -all "
				    "comes after the launch",
				    shown(a, where));
	return dc_waiver_add(config, policy, &text, err);
}

enum dc_status dc_waivers_read(struct dc_config *config, struct dc_policy *policy, const char *path, struct dc_error *err)
{
	struct dc_buf file;
	unsigned long number = 0;
	char a[SHOWN];
	dc_buf_init(&file, WAIVERS_FILE_MAX);
	enum dc_status status = dc_file_read(path, &file, err);
	struct dc_slice rest = dc_arena_dup(config->arena, dc_buf_slice(&file));
	dc_buf_free(&file);
	while (status == DC_OK && rest.len) {
		struct dc_slice line = dc_slice_trim(dc_slice_cut(&rest, '\n'));
		number++;
		if (!line.len || line.ptr[0] == '#')
			continue;
		struct dc_slice where = dc_arena_printf(config->arena, "%s:%lu", shown(a, dc_slice_of(path)), number);
		status = read_line(config, policy, line, where, err);
	}
	return status;
}

/* ---- severities ---- */

enum dc_status dc_severity_rule_add(struct dc_config *config, struct dc_policy *policy, struct dc_slice name,
				    struct dc_slice severity, struct dc_slice where, struct dc_error *err)
{
	char a[SHOWN], b[SHOWN];
	enum dc_finding_id id;
	struct dc_severity_rule rule = {.pattern = dc_arena_dup(config->arena, name)};
	rule.check = dc_catalogue_find(name, &id) ? NULL : find_check(name);
	if (!rule.check && !matches_some(name))
		return unknown(where, name, true, err);
	if (!dc_severity_parse(severity, &rule.severity))
		return dc_error_set(err, DC_ERR_INPUT, "%s: \"%s\" is not off, notice, warning or error", shown(a, where),
				    shown(b, severity));
	if (rule.severity == DC_SEVERITY_OFF && is_undetermined(name))
		return dc_error_set(err, DC_ERR_INPUT, "%s: %s says what could not be determined, and cannot be switched off",
				    shown(a, where), shown(b, name));
	DC_PUSH(config->arena, policy->rules, policy->rule_count, policy->rule_capacity) = rule;
	return DC_OK;
}

/* ---- profiles ---- */

void dc_config_single(struct dc_config *config) /* not fuzzed: takes no octets */
{
	config->policy.single = true;
}

enum dc_status dc_profile_unknown(struct dc_slice name, struct dc_slice where, enum dc_status status, struct dc_error *err)
{
	char a[SHOWN], b[SHOWN], list[320];
	const struct dc_profile *near = dc_profile_near(name);
	size_t len = 0;
	for (size_t i = 0; dc_profile_at(i); i++) {
		struct dc_slice id = dc_slice_of(dc_profile_at(i)->id);
		if (len + id.len + 3 > sizeof list)
			break; /* not fuzzed: there are fewer profiles yet */
		if (i)
			list[len++] = ' ';
		memcpy(list + len, id.ptr, id.len);
		len += id.len;
	}
	list[len] = 0;
	return dc_error_set(err, status, "%s: there is no profile \"%s\"%s%s%s there are: %s", shown(a, where), shown(b, name),
			    near ? ": did you mean \"" : "", near ? near->id : "", near ? "\"? All" : ";", list);
}

enum dc_status dc_profile_add(struct dc_config *config, struct dc_policy *policy, struct dc_slice name,
			      struct dc_slice where, struct dc_error *err)
{
	const struct dc_profile *profile = dc_profile_find(name);
	if (!profile)
		return dc_profile_unknown(name, where, DC_ERR_INPUT, err);
	for (size_t i = 0; i < policy->profile_count; i++)
		if (policy->profiles[i] == profile)
			return DC_OK;
	DC_PUSH(config->arena, policy->profiles, policy->profile_count, policy->profile_capacity) = profile;
	return DC_OK;
}

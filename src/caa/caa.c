/* CAA sets: RFC 8659 sections 3 (climbing), 4.1 (record), 4.2 (issue values), RFC 9495 (issuemail). */
#include "caa/caa.h"

/* ---- one record ---- */

static const struct {
	const char *name;
	enum dc_caa_tag tag;
} tags[] = {
	{"issue", DC_CAA_ISSUE},           {"issuewild", DC_CAA_ISSUEWILD},      {"issuemail", DC_CAA_ISSUEMAIL},
	{"issuevmc", DC_CAA_ISSUEVMC},     {"iodef", DC_CAA_IODEF},              {"contactemail", DC_CAA_CONTACT},
	{"contactphone", DC_CAA_CONTACT},
};

/* label = (ALPHA / DIGIT) *( *("-") (ALPHA / DIGIT)) */
static bool is_issuer(struct dc_arena *arena, struct dc_slice text, struct dc_slice *ret_name)
{
	return text.ptr[text.len - 1] != '.' && dc_name_normalize(arena, text, ret_name) && dc_name_is_host(*ret_name, false);
}

static bool is_tag(struct dc_slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!dc_is_alnum(s.ptr[i]) && !(s.ptr[i] == '-' && i && i + 1 < s.len))
			return false;
	return s.len > 0;
}

static bool is_parameter(struct dc_slice text)
{
	struct dc_slice value = text, name = dc_slice_trim_wsp(dc_slice_cut(&value, '='));

	value = dc_slice_trim_wsp(value);
	if (!value.ptr || !is_tag(name))
		return false;
	for (size_t i = 0; i < value.len; i++)
		if (value.ptr[i] < 0x21 || value.ptr[i] > 0x7e)
			return false;
	return true;
}

static const char *read_issue(struct dc_arena *arena, struct dc_caa_property *property)
{
	struct dc_slice rest = property->value, issuer = dc_slice_trim_wsp(dc_slice_cut(&rest, ';'));

	if (issuer.len && !is_issuer(arena, issuer, &property->issuer)) {
		property->issuer = (struct dc_slice){0};
		return dc_slice_find(issuer, '@') != SIZE_MAX
			       ? "it names a mail address where the name of a certification authority must stand"
			       : "what stands first is not the name of a certification authority";
	}
	while (rest.ptr) {
		struct dc_slice parameter = dc_slice_trim_wsp(dc_slice_cut(&rest, ';'));

		if (!parameter.len && !rest.ptr)
			break;
		if (!is_parameter(parameter)) {
			property->issuer = (struct dc_slice){0};
			return "what stands after the semicolon is not tag=value";
		}
	}
	return NULL;
}

static bool read_property(struct dc_arena *arena, const struct dc_rr *rr, struct dc_caa_property *property)
{
	const uint8_t *octets = (const uint8_t *)rr->rdata.ptr;
	size_t length = rr->rdata.len >= 2 ? octets[1] : 0;

	*property = (struct dc_caa_property){.rr = rr};
	if (!length || rr->rdata.len < 2 + length)
		return false;
	property->critical = octets[0] & 0x80;
	property->name = dc_slice_sub(rr->rdata, 2, length);
	property->value = dc_slice_sub(rr->rdata, 2 + length, SIZE_MAX);
	for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++)
		if (dc_slice_eq_nocase(property->name, dc_slice_of(tags[i].name)))
			property->tag = tags[i].tag;
	if (property->tag >= DC_CAA_ISSUE && property->tag <= DC_CAA_ISSUEVMC)
		property->problem = read_issue(arena, property);
	for (size_t i = 0; i < property->name.len; i++)
		if (!dc_is_alnum(property->name.ptr[i]))
			return false;
	return true;
}

/* ---- the set ---- */

static int compare(const struct dc_caa_property *a, const struct dc_caa_property *b)
{
	int order = a->tag == b->tag ? 0 : a->tag < b->tag ? -1 : 1;

	if (!order)
		order = dc_slice_cmp(a->name, b->name);
	return order ? order : dc_slice_cmp(a->value, b->value);
}

/* By tag and value: answers come in any order. */
static void read_set(struct dc_asker *asker, struct dc_caa_facts *facts)
{
	struct dc_caa_property *list = DC_NEW_ARRAY(asker->arena, struct dc_caa_property, DC_CAA_PROPERTY_MAX), property;

	facts->total = dc_answer_count(facts->answer);
	for (size_t i = 0; i < facts->total && facts->count < DC_CAA_PROPERTY_MAX; i++) {
		size_t at = facts->count;

		if (!read_property(asker->arena, dc_answer_rr(facts->answer, i), &property)) {
			facts->malformed = true;
			continue;
		}
		for (; at > 0 && compare(&property, &list[at - 1]) < 0; at--)
			list[at] = list[at - 1];
		list[at] = property;
		facts->count++;
	}
	facts->properties = list;
}

const struct dc_caa_facts *dc_caa_build(struct dc_asker *asker, struct dc_slice name, size_t last)
{
	struct dc_caa_facts *facts = DC_NEW(asker->arena, struct dc_caa_facts);
	size_t labels = dc_name_labels(name);

	facts->name = name;
	for (size_t n = labels; n >= last && n > 0 && labels - n < DC_CAA_CLIMB_MAX; n--) {
		struct dc_slice at = dc_name_keep_right(name, n);
		const struct dc_answer *answer = dc_ask(asker, at, DC_TYPE_CAA);

		facts->answer = answer;
		if (!answer)
			return facts;
		if (!dc_outcome_is_known(answer->outcome)) {
			facts->failed = answer;
			return facts;
		}
		if (answer->outcome == DC_OUTCOME_ANSWER && dc_answer_count(answer) > 0) {
			facts->present = DC_TRI_YES;
			facts->location = at;
			read_set(asker, facts);
			return facts;
		}
	}
	facts->present = DC_TRI_NO;
	return facts;
}

bool dc_caa_has(const struct dc_caa_facts *caa, enum dc_caa_tag tag)
{
	for (size_t i = 0; i < caa->count; i++)
		if (caa->properties[i].tag == tag)
			return true;
	return false;
}

enum dc_tri dc_caa_allows(const struct dc_caa_facts *caa, enum dc_caa_tag tag, struct dc_slice issuer)
{
	if (caa->present != DC_TRI_YES)
		return caa->present == DC_TRI_NO ? DC_TRI_YES : DC_TRI_UNKNOWN;
	if (!dc_caa_has(caa, tag))
		return DC_TRI_YES;
	for (size_t i = 0; i < caa->count; i++)
		if (caa->properties[i].tag == tag && issuer.len && dc_name_eq(caa->properties[i].issuer, issuer))
			return DC_TRI_YES;
	return DC_TRI_NO;
}

size_t dc_caa_issuers(struct dc_arena *arena, const struct dc_caa_facts *caa, enum dc_caa_tag tag, struct dc_slice **ret_issuers)
{
	struct dc_slice *issuers = DC_NEW_ARRAY(arena, struct dc_slice, caa->count + 1);
	size_t count = 0;

	for (size_t i = 0; i < caa->count; i++) {
		const struct dc_caa_property *property = &caa->properties[i];

		if (property->tag == tag && property->issuer.len &&
		    (count == 0 || !dc_name_eq(issuers[count - 1], property->issuer)))
			issuers[count++] = property->issuer;
	}
	*ret_issuers = issuers;
	return count;
}

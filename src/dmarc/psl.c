/* The public suffix list through libpsl: the only file that includes it.
 *
 * RFC 7489 section 3.2. Names come canonical: libpsl compares octets and would answer wrongly for upper case. Only
 * dc_psl_load opens a file; all else is a function of its arguments. */
#include "dmarc/psl.h"

#include <libpsl.h>
#include <stdlib.h>

#include "base/escape.h"
#include "dns/name.h"

struct dc_psl {
	psl_ctx_t *context;
	char *path;
};

/* libpsl wants C strings. False for names that cannot be in the list. */
static bool c_string(struct dc_slice name, char text[DC_NAME_TEXT_MAX + 1])
{
	if (name.len > DC_NAME_TEXT_MAX || !name.len || memchr(name.ptr, 0, name.len))
		return false;
	memcpy(text, name.ptr, name.len);
	text[name.len] = '\0';
	return true;
}

static const psl_ctx_t *context_of(const struct dc_psl *psl)
{
	return psl ? psl->context : psl_builtin();
}

bool dc_psl_is_suffix(const struct dc_psl *psl, struct dc_slice name)
{
	char text[DC_NAME_TEXT_MAX + 1];

	return c_string(name, text) && psl_is_public_suffix2(context_of(psl), text, PSL_TYPE_ANY);
}

struct dc_slice dc_psl_org_domain(const struct dc_psl *psl, struct dc_slice name)
{
	char text[DC_NAME_TEXT_MAX + 1];
	const char *found;

	if (!c_string(name, text))
		return name;
	found = psl_registrable_domain(context_of(psl), text);
	return found ? dc_slice_sub(name, (size_t)(found - text), name.len) : name;
}

struct dc_slice dc_psl_org_of(struct dc_asker *asker, struct dc_slice name)
{
	size_t octets = dc_memo_find_org(asker, name);
	struct dc_slice org;

	if (octets)
		return dc_slice_sub(name, name.len - octets, octets);
	org = dc_psl_org_domain(asker->psl, name);
	dc_memo_keep_org(asker, name, org.len);
	return org;
}

static char *put_digits(char *to, int number, int digits)
{
	for (int i = digits; i-- > 0; number /= 10)
		to[i] = (char)('0' + number % 10);
	return to + digits;
}

/* Days since 1970 as a date (proleptic Gregorian calendar), without the C library's clock and locale. */
static void civil(int64_t days, int *year, int *month, int *day)
{
	int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;

	*day = (int)(doy - (153 * mp + 2) / 5 + 1);
	*month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*year = (int)(yoe + era * 400 + (*month <= 2));
}

struct dc_slice dc_psl_version(const struct dc_psl *psl, struct dc_arena *arena)
{
	static const char lead[] = "built-in ";
	char text[sizeof(lead) + 16], *at = text + sizeof(lead) - 1;
	int year, month, day;

	if (psl)
		return dc_arena_printf(arena, "%s (%d suffixes)", psl->path, psl_suffix_count(psl->context));
	civil((int64_t)psl_builtin_file_time() / 86400, &year, &month, &day);
	memcpy(text, lead, sizeof(lead) - 1);
	at = put_digits(at, year, 4);
	*at++ = '-';
	at = put_digits(at, month, 2);
	*at++ = '-';
	at = put_digits(at, day, 2);
	return dc_arena_dup(arena, (struct dc_slice){text, (size_t)(at - text)});
}

enum dc_status dc_psl_load(const char *path, struct dc_psl **ret_psl, struct dc_error *err)
{
	struct dc_psl *psl = calloc(1, sizeof(*psl));
	char *copy = strdup(path);
	char line[256];

	if (psl && copy)
		psl->context = psl_load_file(path);
	if (psl && copy && psl->context && psl_suffix_count(psl->context) != 0) {
		psl->path = copy;
		*ret_psl = psl;
		return DC_OK;
	}
	if (psl)
		psl_free(psl->context);
	free(psl);
	free(copy);
	return dc_error_set(err, DC_ERR_INPUT, "cannot read a public suffix list from %s",
			    dc_escape_line(line, sizeof(line), dc_slice_of(path)));
}

void dc_psl_free(struct dc_psl *psl)
{
	if (!psl)
		return;
	psl_free(psl->context);
	free(psl->path);
	free(psl);
}

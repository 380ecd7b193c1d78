/* What everybody else gets from an SPF record, in words. */
#include "render/spf_words.h"

#include <stdio.h>

static const struct {
	const char *name, *words, *ipv6; /* the last: behind what is said of IPv4 */
} results[] = {
	{"fail", "mail from anywhere else fails", "it fails"},
	{"softfail", "mail from anywhere else is suspicious (softfail)", "it is suspicious (softfail)"},
	{"neutral", "nothing is said about mail from anywhere else", "nothing is said about it"},
	{"pass", "everybody may send", "everybody may send"},
	{"permerror", "mail from anywhere else gets permerror", "it gets permerror"},
};

static size_t row_of(struct dc_slice name)
{
	size_t i = 0;

	while (i < sizeof results / sizeof *results && !dc_slice_eq(name, dc_slice_of(results[i].name)))
		i++;
	return i;
}

struct dc_slice dc_spf_others_words(struct dc_slice ipv4, struct dc_slice ipv6, bool sender, char text[DC_SPF_WORDS_MAX])
{
	const size_t unknown = sizeof results / sizeof *results, four = row_of(ipv4), six = row_of(ipv6);
	bool differ = six != four && six != unknown;
	bool first = sender && !dc_slice_eq(ipv4, DC_S("permerror")); /* who is named behind that is said elsewhere */

	if (four == unknown)
		return sender ? DC_S("not known, it depends on the sender") : DC_S("not known, something could not be looked up");
	(void)snprintf(text, DC_SPF_WORDS_MAX, "%s%s%s%s", results[four].words, differ ? "; over IPv6 " : "",
		       differ ? results[six].ipv6 : "", first ? "; terms that depend on the sender come first" : "");
	return dc_slice_of(text);
}

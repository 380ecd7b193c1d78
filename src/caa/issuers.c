/* Which names certification authorities give for CAA records: from their published practice statements, by the organization
 * that stands in their certificates. An authority that is not here is never said to be forbidden. */
#include "caa/caa.h"

enum { NAMES_MAX = 7 };

static const struct {
	const char *organization; /* how the field begins, lower case */
	const char *names[NAMES_MAX];
} authorities[] = {
	{"actalis", {"actalis.it"}},
	{"amazon", {"amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com", "aws.amazon.com"}},
	{"asseco", {"certum.pl", "certum.eu", "yandex.ru"}},
	{"buypass", {"buypass.com", "buypass.no"}},
	{"certum", {"certum.pl", "certum.eu"}},
	{"comodo", {"comodoca.com", "comodo.com", "sectigo.com", "usertrust.com", "trust-provider.com"}},
	{"d-trust", {"d-trust.net", "dtrust.de", "d-trust.de"}},
	{"deutsche telekom", {"telesec.de"}},
	{"dfn-verein", {"dfn.de", "pki.dfn.de"}},
	{"digicert", {"digicert.com", "www.digicert.com", "symantec.com", "geotrust.com", "rapidssl.com", "thawte.com"}},
	{"entrust", {"entrust.net", "affirmtrust.com"}},
	{"gandi", {"sectigo.com", "gandi.net", "comodoca.com", "usertrust.com"}},
	{"geant", {"sectigo.com", "harica.gr", "comodoca.com", "usertrust.com"}},
	{"globalsign", {"globalsign.com"}},
	{"godaddy", {"godaddy.com", "starfieldtech.com"}},
	{"google trust services", {"pki.goog"}},
	{"hellenic academic", {"harica.gr"}},
	{"identrust", {"identrust.com"}},
	{"internet security research group", {"letsencrypt.org"}},
	{"let's encrypt", {"letsencrypt.org"}},
	{"microsoft", {"microsoft.com"}},
	{"quovadis", {"quovadisglobal.com", "digicert.com"}},
	{"sectigo", {"sectigo.com", "comodoca.com", "comodo.com", "usertrust.com", "trust-provider.com"}},
	{"ssl corporation", {"ssl.com"}},
	{"ssl.com", {"ssl.com"}},
	{"starfield", {"starfieldtech.com", "godaddy.com"}},
	{"swisssign", {"swisssign.com", "swisssign.net", "swissign.com"}},
	{"the usertrust network", {"sectigo.com", "comodoca.com", "usertrust.com"}},
	{"trustwave", {"trustwave.com", "securetrust.com"}},
	{"zerossl", {"sectigo.com", "comodoca.com", "usertrust.com"}},
};

const char *const *dc_caa_names_of(struct dc_slice organization)
{
	for (size_t i = 0; i < sizeof(authorities) / sizeof(*authorities); i++)
		if (dc_slice_starts_nocase(organization, dc_slice_of(authorities[i].organization)))
			return authorities[i].names;
	return NULL;
}

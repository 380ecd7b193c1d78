/* What the certificate of an HTTPS host says: RFC 5280 (fields), RFC 6125 section 6.4 (names: SAN only). */
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/civil.h"
#include "source/https_tls.h"

static enum dc_https_verify kind_of(int error)
{
	switch (error) {
	case X509_V_OK:
		return DC_HTTPS_VERIFY_OK;
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return DC_HTTPS_VERIFY_EXPIRED;
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return DC_HTTPS_VERIFY_EARLY;
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
		return DC_HTTPS_VERIFY_SELF;
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
	case X509_V_ERR_CERT_UNTRUSTED:
		return DC_HTTPS_VERIFY_UNTRUSTED;
	case X509_V_ERR_EE_KEY_TOO_SMALL:
	case X509_V_ERR_CA_KEY_TOO_SMALL:
	case X509_V_ERR_CA_MD_TOO_WEAK:
		return DC_HTTPS_VERIFY_WEAK;
	default:
		return DC_HTTPS_VERIFY_OTHER;
	}
}

static int64_t seconds_of(const ASN1_TIME *time)
{
	struct tm tm;
	if (!time || !ASN1_TIME_to_tm(time, &tm))
		return 0;
	struct dc_civil date = {tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday};
	return dc_civil_to_seconds(date, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* OpenSSL's objects must not be held over an arena that may jump: texts go through these. */
struct drawn {
	char text[DC_HTTPS_TEXT_MAX];
	size_t len;
};

static void draw_name(const X509_NAME *name, struct drawn *drawn)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *octets;
	if (bio && X509_NAME_print_ex(bio, name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB) > 0) {
		long len = BIO_get_mem_data(bio, &octets);
		drawn->len = len < 0 ? 0 : (size_t)len > sizeof drawn->text ? sizeof drawn->text : (size_t)len;
		memcpy(drawn->text, octets, drawn->len);
	}
	BIO_free(bio);
}

static void draw_part(X509_NAME *name, int nid, struct drawn *drawn)
{
	int at = X509_NAME_get_index_by_NID(name, nid, -1);
	unsigned char *utf8 = NULL;
	if (at < 0)
		return;
	int len = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
	if (len > 0) {
		drawn->len = (size_t)len > sizeof drawn->text ? sizeof drawn->text : (size_t)len;
		memcpy(drawn->text, utf8, drawn->len);
	}
	OPENSSL_free(utf8);
}

static struct dc_slice keep(struct dc_arena *arena, const struct drawn *drawn)
{
	return dc_arena_dup(arena, (struct dc_slice){drawn->text, drawn->len});
}

/* The arena of a transfer is small but its own, and these are bounded: `names` is freed before anything is allocated. */
static void describe_names(struct dc_arena *arena, X509 *leaf, struct dc_https_reply *reply)
{
	enum { DNS_NAME_MAX = 255 };
	static const size_t room = (size_t)DC_HTTPS_NAME_MAX * DNS_NAME_MAX;
	struct dc_slice *items = DC_NEW_ARRAY(arena, struct dc_slice, DC_HTTPS_NAME_MAX);
	char *octets = dc_arena_alloc(arena, room);
	GENERAL_NAMES *names = X509_get_ext_d2i(leaf, NID_subject_alt_name, NULL, NULL);
	reply->names = items;
	for (int i = 0; i < sk_GENERAL_NAME_num(names) && reply->name_count < DC_HTTPS_NAME_MAX; i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		int len = name->type == GEN_DNS ? ASN1_STRING_length(name->d.dNSName) : 0;
		if (len <= 0 || len > DNS_NAME_MAX)
			continue;
		char *at = octets + reply->name_count * DNS_NAME_MAX;
		memcpy(at, ASN1_STRING_get0_data(name->d.dNSName), (size_t)len);
		items[reply->name_count++] = (struct dc_slice){at, (size_t)len};
	}
	GENERAL_NAMES_free(names);
}

void https_tls_describe(struct dc_arena *arena, const struct https_tls *tls, struct dc_slice host, struct dc_https_reply *reply)
{
	struct drawn subject = {.len = 0}, issuer = {.len = 0}, by = {.len = 0};
	X509 *leaf = tls->leaf;
	reply->verify = tls->seen ? kind_of(tls->error) : DC_HTTPS_VERIFY_OTHER;
	reply->verify_text = reply->verify == DC_HTTPS_VERIFY_OK ? (struct dc_slice){0}
								 : dc_slice_of(X509_verify_cert_error_string(tls->error));
	reply->tls = dc_slice_of(tls->version);
	if (!leaf)
		return;
	ERR_set_mark();
	if (X509_check_host(leaf, host.ptr, host.len, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS,
			    NULL) != 1 && reply->verify == DC_HTTPS_VERIFY_OK) {
		reply->verify = DC_HTTPS_VERIFY_NAME;
		reply->verify_text = DC_S("hostname mismatch");
	}
	draw_name(X509_get_subject_name(leaf), &subject);
	draw_name(X509_get_issuer_name(leaf), &issuer);
	draw_part(X509_get_issuer_name(leaf), NID_organizationName, &by);
	if (!by.len)
		draw_part(X509_get_issuer_name(leaf), NID_commonName, &by);
	reply->not_before_s = seconds_of(X509_get0_notBefore(leaf));
	reply->not_after_s = seconds_of(X509_get0_notAfter(leaf));
	describe_names(arena, leaf, reply);
	ERR_pop_to_mark();
	reply->subject = keep(arena, &subject);
	reply->issuer = keep(arena, &issuer);
	reply->issuer_name = keep(arena, &by);
}

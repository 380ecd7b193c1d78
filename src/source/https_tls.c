/* Certificates of HTTPS hosts: RFC 5280 (chain), RFC 6125 section 6.4 (names: SAN only). A bad certificate does not end
 * the fetch: that it is bad, and what stands behind it, is evidence. */
#include "source/https_tls.h"

#include <dirent.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include "base/civil.h"
#include "base/escape.h"

struct https_trust {
	X509_STORE *store;
};

/* ---- who is trusted ---- */

/* The folder is looked into name by name while a chain is checked: reading all of it takes tens of milliseconds. */
static bool has_certificates(const char *folder)
{
	DIR *dir = opendir(folder);
	bool found = false;
	for (struct dirent *entry; dir && !found && (entry = readdir(dir));)
		found = strlen(entry->d_name) > 2 && strcmp(entry->d_name + strlen(entry->d_name) - 2, ".0") == 0;
	if (dir)
		(void)closedir(dir);
	return found;
}

enum dc_status https_trust_check(const char *ca_file, struct dc_error *err)
{
	char shown[200];
	ERR_set_mark();
	X509_STORE *store = X509_STORE_new();
	bool ok = store && X509_STORE_load_file(store, ca_file);
	X509_STORE_free(store);
	ERR_pop_to_mark();
	if (ok)
		return DC_OK;
	return dc_error_set(err, DC_ERR_INPUT, "--ca-file: %s: no certificate in PEM form can be read from it",
			    dc_escape_line(shown, sizeof shown, dc_slice_of(ca_file)));
}

struct https_trust *https_trust_new(const char *ca_file, const char **ret_why)
{
	const char *folder = X509_get_default_cert_dir();
	struct https_trust *trust = calloc(1, sizeof *trust);
	bool any = ca_file || has_certificates(folder);
	*ret_why = "no memory for trusted certificates";
	if (!trust)
		return NULL;
	trust->store = X509_STORE_new();
	if (!any)
		*ret_why = "this machine has no trusted certificates (package ca-certificates)";
	if (trust->store && any && (ca_file ? X509_STORE_load_file(trust->store, ca_file) : X509_STORE_load_path(trust->store, folder)))
		return trust;
	https_trust_free(trust);
	return NULL;
}

void https_trust_free(struct https_trust *trust)
{
	if (!trust)
		return;
	X509_STORE_free(trust->store);
	free(trust);
}

/* ---- the handshake ---- */

static int verify(X509_STORE_CTX *context, void *user)
{
	struct https_tls *tls = user;
	const SSL *ssl = X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx());
	X509 *leaf = X509_STORE_CTX_get0_cert(context);
	(void)X509_verify_cert(context);
	tls->error = X509_STORE_CTX_get_error(context);
	tls->version = ssl ? SSL_get_version(ssl) : "";
	tls->seen = true;
	X509_free(tls->leaf);
	tls->leaf = leaf && X509_up_ref(leaf) ? leaf : NULL;
	X509_STORE_CTX_set_error(context, X509_V_OK);
	return 1;
}

void https_tls_prepare(struct https_tls *tls, void *ssl_ctx)
{
	SSL_CTX_set1_cert_store(ssl_ctx, tls->trust->store);
	SSL_CTX_set_cert_verify_callback(ssl_ctx, verify, tls);
}

/* ---- what it was ---- */

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
	return dc_civil_to_days(date) * 86400 + tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec;
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
	static const size_t room = DC_HTTPS_NAME_MAX * DNS_NAME_MAX;
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

void https_tls_clear(struct https_tls *tls)
{
	X509_free(tls->leaf);
	*tls = (struct https_tls){.trust = tls->trust};
}

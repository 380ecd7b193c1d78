/* Handshakes with HTTPS hosts: RFC 5280 (chain). A bad certificate does not end the fetch: that it is bad, and what stands
 * behind it, is evidence. */
#include "source/https_tls.h"

#include <dirent.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdlib.h>

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
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): the stream is this call's own */
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

void https_tls_clear(struct https_tls *tls)
{
	X509_free(tls->leaf);
	*tls = (struct https_tls){.trust = tls->trust};
}

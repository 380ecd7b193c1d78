/* Mark certificates by OpenSSL, the only file of this room that knows it. Nothing is allocated from the arena while an object
 * of OpenSSL is held (base/arena.h): what is found goes to places of fixed size. Whether the root is one that receivers
 * accept is not decided here: they have lists of their own. */
#include "bimi/mark.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <time.h>

#include "base/civil.h"
#include "bimi/svg.h"

enum { TEXT_MAX = 256, DNS_NAME_MAX = 255 };

struct text {
	char octets[TEXT_MAX];
	size_t len;
};

struct found {
	struct text subject, issuer, mark_type;
	char names[DC_BIMI_MARK_NAME_MAX][DNS_NAME_MAX];
	size_t lens[DC_BIMI_MARK_NAME_MAX];
	uint8_t *uri; /* room for the logo's data URI */
	size_t uri_len, room;
};

/* Never asks at a terminal. */
static int no_passphrase(char *out, int size, int writing, void *user)
{
	return -1;
}

static void take_part(const X509_NAME *name, const ASN1_OBJECT *kind, struct text *text)
{
	int at = kind ? X509_NAME_get_index_by_OBJ(name, kind, -1) : -1;
	unsigned char *utf8 = NULL;
	int len = at < 0 ? -1 : ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));

	if (len > 0) {
		text->len = (size_t)len > TEXT_MAX ? TEXT_MAX : (size_t)len;
		memcpy(text->octets, utf8, text->len);
	}
	OPENSSL_free(utf8);
}

static void take_named(const X509_NAME *name, const char *oid, struct text *text)
{
	ASN1_OBJECT *kind = OBJ_txt2obj(oid, 1);

	take_part(name, kind, text);
	ASN1_OBJECT_free(kind);
}

static int64_t seconds_of(const ASN1_TIME *time)
{
	struct tm tm;

	if (!time || !ASN1_TIME_to_tm(time, &tm))
		return 0;
	return dc_civil_to_seconds((struct dc_civil){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday}, tm.tm_hour, tm.tm_min,
				   tm.tm_sec);
}

static void take_usage(X509 *leaf, struct dc_bimi_mark *mark)
{
	EXTENDED_KEY_USAGE *usages = X509_get_ext_d2i(leaf, NID_ext_key_usage, NULL, NULL);
	char oid[80];

	for (int i = 0; i < sk_ASN1_OBJECT_num(usages); i++)
		if (OBJ_obj2txt(oid, sizeof(oid), sk_ASN1_OBJECT_value(usages, i), 1) > 0 && strcmp(oid, "1.3.6.1.5.5.7.3.31") == 0)
			mark->for_marks = true;
	EXTENDED_KEY_USAGE_free(usages);
}

static void take_names(X509 *leaf, struct dc_bimi_mark *mark, struct found *found)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(leaf, NID_subject_alt_name, NULL, NULL);

	for (int i = 0; i < sk_GENERAL_NAME_num(names) && mark->name_count < DC_BIMI_MARK_NAME_MAX; i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		int len = name->type == GEN_DNS ? ASN1_STRING_length(name->d.dNSName) : 0;

		if (len <= 0 || len > DNS_NAME_MAX)
			continue;
		memcpy(found->names[mark->name_count], ASN1_STRING_get0_data(name->d.dNSName), (size_t)len);
		found->lens[mark->name_count++] = (size_t)len;
	}
	GENERAL_NAMES_free(names);
}

/* The IA5String that begins at `at` reaches to here: its length stands before it (X.690 8.1.3). 0: it does not fit. */
static size_t string_length(const uint8_t *octets, size_t at, size_t len)
{
	size_t length = 0;

	if (at >= 2 && octets[at - 2] == 0x16 && octets[at - 1] < 0x80)
		length = octets[at - 1];
	for (size_t n = 1; !length && n <= 3 && at >= n + 2; n++) {
		if (octets[at - n - 2] != 0x16 || octets[at - n - 1] != (0x80 | n))
			continue;
		for (size_t i = at - n; i < at; i++)
			length = length << 8 | octets[i];
	}
	return length <= len - at ? length : 0;
}

/* The logotype holds the logo as a URI: "data:image/svg+xml;base64,…". */
static void take_logo(X509 *leaf, struct dc_bimi_mark *mark, struct found *found)
{
	static const char head[] = "data:image/svg+xml";
	ASN1_OBJECT *kind = OBJ_txt2obj("1.3.6.1.5.5.7.1.12", 1);
	int at = kind ? X509_get_ext_by_OBJ(leaf, kind, -1) : -1;
	const ASN1_OCTET_STRING *data = at < 0 ? NULL : X509_EXTENSION_get_data(X509_get_ext(leaf, at));
	const uint8_t *octets = data ? ASN1_STRING_get0_data(data) : NULL, *start;
	size_t len = data ? (size_t)ASN1_STRING_length(data) : 0;

	ASN1_OBJECT_free(kind);
	if (!octets)
		return;
	mark->logo = DC_BIMI_MARK_LOGO_UNREADABLE;
	start = memmem(octets, len, head, sizeof(head) - 1);
	if (!start)
		return;
	found->uri_len = len <= found->room ? string_length(octets, (size_t)(start - octets), len) : 0;
	memcpy(found->uri, start, found->uri_len);
}

static bool is_signed_by(X509 *child, X509 *parent)
{
	EVP_PKEY *key = X509_get0_pubkey(parent);

	return key && X509_NAME_cmp(X509_get_issuer_name(child), X509_get_subject_name(parent)) == 0 && X509_verify(child, key) == 1;
}

static void take_chain(X509 **chain, struct dc_bimi_mark *mark)
{
	mark->ordered = true;
	for (size_t i = 0; i + 1 < mark->chain; i++)
		mark->ordered = mark->ordered && is_signed_by(chain[i], chain[i + 1]);
	mark->rooted = is_signed_by(chain[mark->chain - 1], chain[mark->chain - 1]);
}

static void take_leaf(X509 *leaf, struct dc_bimi_mark *mark, struct found *found)
{
	take_named(X509_get_subject_name(leaf), "2.5.4.10", &found->subject);
	take_named(X509_get_issuer_name(leaf), "2.5.4.10", &found->issuer);
	take_named(X509_get_subject_name(leaf), "1.3.6.1.4.1.53087.1.13", &found->mark_type);
	mark->not_before_s = seconds_of(X509_get0_notBefore(leaf));
	mark->not_after_s = seconds_of(X509_get0_notAfter(leaf));
	mark->logged = X509_get_ext_by_NID(leaf, NID_ct_precert_scts, -1) >= 0;
	take_usage(leaf, mark);
	take_names(leaf, mark, found);
	take_logo(leaf, mark, found);
}

static void read_all(struct dc_slice pem, struct dc_bimi_mark *mark, struct found *found)
{
	X509 *chain[DC_BIMI_MARK_CHAIN_MAX] = {NULL};
	BIO *bio = BIO_new_mem_buf(pem.ptr, (int)pem.len);

	while (bio && mark->chain < DC_BIMI_MARK_CHAIN_MAX &&
	       (chain[mark->chain] = PEM_read_bio_X509(bio, NULL, no_passphrase, NULL)))
		mark->chain++;
	if (mark->chain) {
		take_chain(chain, mark);
		take_leaf(chain[0], mark, found);
	}
	for (size_t i = 0; i < mark->chain; i++)
		X509_free(chain[i]);
	BIO_free(bio);
}

/* ---- the logo ---- */

static int digit(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static struct dc_slice decode(struct dc_arena *arena, struct dc_slice text)
{
	char *out = dc_arena_alloc(arena, text.len / 4 * 3 + 3);
	uint32_t bits = 0;
	size_t count = 0, len = 0;

	for (size_t i = 0; i < text.len; i++) {
		int value = digit((uint8_t)text.ptr[i]);

		if (value < 0)
			continue; /* "=" and line ends */
		bits = bits << 6 | (uint32_t)value;
		if (++count % 4 == 0) {
			out[len++] = (char)(bits >> 16);
			out[len++] = (char)(bits >> 8);
			out[len++] = (char)bits;
		}
	}
	if (count % 4 == 2)
		out[len++] = (char)(bits >> 4);
	if (count % 4 == 3) {
		out[len++] = (char)(bits >> 10);
		out[len++] = (char)(bits >> 2);
	}
	return (struct dc_slice){out, len};
}

static void read_logo(struct dc_arena *arena, struct dc_slice uri, struct dc_bimi_mark *mark)
{
	struct dc_slice data = uri, head = dc_slice_cut(&data, ',');

	if (!data.ptr || !dc_slice_ends_nocase(head, DC_S(";base64")))
		return;
	data = decode(arena, data);
	if (dc_bimi_is_gzip(data) && !dc_bimi_gunzip(arena, data, &data))
		return;
	mark->svg = data;
	mark->logo = DC_BIMI_MARK_LOGO_SVG;
}

static struct dc_slice keep(struct dc_arena *arena, const struct text *text)
{
	return dc_arena_dup(arena, (struct dc_slice){text->octets, text->len});
}

struct dc_bimi_mark dc_bimi_mark_read(struct dc_arena *arena, struct dc_slice pem)
{
	struct dc_bimi_mark mark = {0};
	struct found *found = DC_NEW(arena, struct found);
	struct dc_slice *names = DC_NEW_ARRAY(arena, struct dc_slice, DC_BIMI_MARK_NAME_MAX);

	found->room = pem.len;
	found->uri = dc_arena_alloc(arena, pem.len + 1);
	ERR_set_mark();
	if (pem.len && pem.len <= INT32_MAX)
		read_all(pem, &mark, found);
	ERR_pop_to_mark();
	if (!mark.chain) {
		mark.problem = memmem(pem.ptr ? pem.ptr : "", pem.len, "-----BEGIN", 10) ? "it holds no certificate that can be read"
										      : "it is not in PEM form";
		return mark;
	}
	for (size_t i = 0; i < mark.name_count; i++)
		names[i] = (struct dc_slice){found->names[i], found->lens[i]};
	mark.names = names;
	mark.subject = keep(arena, &found->subject);
	mark.issuer = keep(arena, &found->issuer);
	mark.mark_type = keep(arena, &found->mark_type);
	if (found->uri_len)
		read_logo(arena, (struct dc_slice){(const char *)found->uri, found->uri_len}, &mark);
	return mark;
}

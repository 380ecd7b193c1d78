/* OpenSSL 3.0 makes a list of all decoders of all providers for each public key that d2i_PUBKEY reads, takes locks at each
 * step, and ends at the parser that OpenSSL 1.1 called at once: 80 of the 100 us that libopendkim spent on a key.
 *
 * It calls that parser at once when an engine is registered for the key's type, so that engines come before providers. The
 * engine here does nothing else: its methods are OpenSSL's own. What the parser refuses goes the long way as before, so
 * the same keys are accepted; tests/unit/test_receiver_decoder.c compares. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "receiver/key_decoder.h"

#include <openssl/evp.h>

#if OPENSSL_VERSION_MAJOR < 4 && !defined(OPENSSL_NO_ENGINE)

#include <openssl/engine.h>

static int methods(ENGINE *engine, EVP_PKEY_METHOD **ret_method, const int **ret_types, int type)
{
	static const int types[] = {EVP_PKEY_RSA};

	(void)engine;
	if (!ret_method) {
		*ret_types = types;
		return 1;
	}
	/* nobody changes it: the engine has no function that would free or replace methods */
	*ret_method = type == EVP_PKEY_RSA ? (EVP_PKEY_METHOD *)EVP_PKEY_meth_find(type) : NULL;
	return *ret_method != NULL;
}

void dc_key_decoder_set_up(void)
{
	ENGINE *engine = ENGINE_get_pkey_meth_engine(EVP_PKEY_RSA);

	if (engine) {
		ENGINE_finish(engine);
		return;
	}
	engine = ENGINE_new();
	if (!engine)
		return;
	if (ENGINE_set_id(engine, "domaincheck") && ENGINE_set_name(engine, "RSA keys without a search for decoders") &&
	    ENGINE_set_pkey_meths(engine, methods) && ENGINE_add(engine))
		(void)ENGINE_register_pkey_meths(engine);
	ENGINE_free(engine);
}

#else

void dc_key_decoder_set_up(void)
{
}

#endif

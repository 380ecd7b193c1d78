/* A message as a source of settings: what its header says takes the place of what the user did not. */
#include "api/config.h"

enum {
	MESSAGE_MAX = 25 << 20, /* octets; receivers take no more */
	HEADER_MAX = 4 << 20,   /* of them in the header: forty times what servers let through; its copies fit into the arena */
};

/* dc_config_set guards the arena itself: nothing is allocated here. */
static void put(struct dc_config *config, const char *name, struct dc_slice value)
{
	char text[DC_NAME_TEXT_MAX + 1];
	if (value.len > DC_NAME_TEXT_MAX || memchr(value.ptr, 0, value.len))
		return;
	memcpy(text, value.ptr, value.len);
	text[value.len] = 0;
	(void)dc_config_set(config, name, text, NULL);
}

/* What a header says may be anything: a value that is no legal setting is left out, and the audit goes without. */
static void suggest(struct dc_config *config, const char *name, struct dc_slice value)
{
	if (value.len && !dc_config_is_given(config, name))
		put(config, name, value);
}

/* The domain that the signatures speak for: the author's own, else one above or below it, else the first. */
static struct dc_slice signing_domain(const struct dc_message *message, struct dc_slice from)
{
	struct dc_slice best = {0};
	int best_rank = -1;
	for (size_t i = 0; i < message->signature_count; i++) {
		struct dc_slice domain = message->signatures[i].domain;
		int rank = dc_slice_eq_nocase(domain, from)				       ? 2
			   : dc_name_is_below(domain, from) || dc_name_is_below(from, domain) ? 1
											       : 0;
		if (domain.len && rank > best_rank) {
			best = domain;
			best_rank = rank;
		}
	}
	return best;
}

static void suggest_all(struct dc_config *config, struct dc_slice from)
{
	const struct dc_message *message = config->message;
	struct dc_slice signer = signing_domain(message, from);
	char address[DC_IP_TEXT_MAX];
	bool own_selectors = dc_config_is_given(config, "selector");
	suggest(config, "mail-from", message->return_path);
	suggest(config, "helo", message->helo);
	if (message->ip.family && !dc_ip_special(message->ip))
		suggest(config, "ip", dc_ip_format(message->ip, address));
	if (!dc_slice_eq_nocase(signer, from))
		suggest(config, "dkim-domain", signer);
	for (size_t i = 0; !own_selectors && i < message->signature_count; i++)
		if (dc_slice_eq_nocase(message->signatures[i].domain, signer) && message->signatures[i].selector.len)
			put(config, "selector", message->signatures[i].selector);
	if (config->selectors.count && !dc_config_is_given(config, "selectors"))
		(void)dc_config_set(config, "selectors", "none", NULL); /* the message says which are in use */
}

/* Up to the first empty line. */
static bool is_header_too_long(struct dc_slice bytes)
{
	size_t start = 0;
	for (size_t i = 0; i < bytes.len && i <= HEADER_MAX; i++) {
		if (bytes.ptr[i] != '\n')
			continue;
		if (i == start || (i == start + 1 && bytes.ptr[start] == '\r'))
			return false;
		start = i + 1;
	}
	return bytes.len > HEADER_MAX;
}

/* The text of a header field as a name: without NUL, so that it can travel as a string. */
static enum dc_status read_message(struct dc_config *config, struct dc_slice bytes, char *ret_domain, struct dc_error *err)
{
	struct dc_message *message = DC_NEW(config->arena, struct dc_message);
	struct dc_error why;
	if (!dc_message_parse(config->arena, bytes, message))
		return dc_error_set(err, DC_ERR_INPUT, "this is no message: it has no header field");
	if (message->from_fields == 0)
		return dc_error_set(err, DC_ERR_INPUT, "the message has no From field");
	struct dc_slice from = dc_arena_dup(config->arena, message->from_domain);
	if (from.len == 0)
		return dc_error_set(err, DC_ERR_INPUT, "the From field holds no address");
	enum dc_status status = memchr(from.ptr, 0, from.len) ? DC_ERR_INPUT : dc_domain_parse(from.ptr, ret_domain, &why);
	if (status == DC_ERR_NOMEM)
		return dc_error_set(err, status, "out of memory");
	if (status != DC_OK)
		return dc_error_set(err, DC_ERR_INPUT, "the From field holds no usable domain");
	config->message = message;
	config->message_bytes = bytes;
	suggest_all(config, from);
	return DC_OK;
}

enum dc_status dc_config_message(struct dc_config *config, const void *octets, size_t count,
				 char ret_domain[DC_DOMAIN_TEXT_MAX], struct dc_error *err)
{
	if (count > MESSAGE_MAX)
		return dc_error_set(err, DC_ERR_INPUT, "the message is longer than 25 MiB");
	if (is_header_too_long((struct dc_slice){octets, count}))
		return dc_error_set(err, DC_ERR_INPUT, "the message's header is longer than 4 MiB: no mail server takes that");
	if (DC_ARENA_GUARD(config->arena))
		return dc_error_set(err, DC_ERR_NOMEM, "out of memory for the message's header");
	return read_message(config, (struct dc_slice){octets, count}, ret_domain, err);
}

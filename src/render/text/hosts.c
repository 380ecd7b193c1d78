/* MX, PTR and identities: the sections that are tables. */
#include "facts/identity.h"
#include "mx/mx.h"
#include "provider/provider.h"
#include "ptr/ptr.h"

#include "render/text/text.h"

/* ---- mx ---- */

static struct dc_slice addresses(const struct dc_text *text, const struct dc_ip *ips, size_t count)
{
	struct dc_slice line = {0};

	for (size_t i = 0; i < count; i++) {
		char address[DC_IP_TEXT_MAX];

		dc_ip_format(ips[i], address);
		line = dc_text_format(text, "%.*s%s%s", DC_FMT(line), i > 0 ? ", " : "", address);
	}
	return line;
}

static struct dc_slice mx_note(enum dc_mx_class class)
{
	switch (class) {
	case DC_MX_UNKNOWN:
		return DC_S("could not be determined");
	case DC_MX_NULL:
		return DC_S("null MX: the domain accepts no mail");
	case DC_MX_IMPLICIT:
		return DC_S("no MX record: mail goes to the domain's own addresses");
	case DC_MX_NONE:
		return DC_S("neither MX nor address: mail cannot be delivered");
	case DC_MX_NXDOMAIN:
		return DC_S("the domain does not exist");
	default:
		return (struct dc_slice){0};
	}
}

void dc_text_mx(const struct dc_text *text, const struct dc_audit_result *result)
{
	static const char *const titles[] = {"pref", "host", "addresses", "run by"};
	const struct dc_mx_facts *mx = result->facts ? result->facts->mx : NULL;
	struct dc_table table;

	if (!mx)
		return;
	dc_text_heading(text, result, "MX", "mx-", mx_note(mx->class));
	dc_table_init(&table, text, 4, titles);
	table.right = table.rigid = 1;
	for (size_t i = 0; i < mx->host_count; i++) {
		const struct dc_mx_host *host = &mx->hosts[i];
		const struct dc_provider_row *provider = dc_provider_of(DC_PROVIDER_BY_MX, host->host);

		if (host->is_null)
			continue;
		dc_table_add(&table, DC_INK_PLAIN, dc_text_format(text, "%u", host->preference));
		dc_table_add(&table, DC_INK_BOLD, dc_text_clean(text, host->host));
		if (host->ip_count > 0)
			dc_table_add(&table, DC_INK_PLAIN, addresses(text, host->ips, host->ip_count));
		else if (host->resolves == DC_TRI_UNKNOWN)
			dc_table_add(&table, DC_INK_CYAN, DC_S("not known"));
		else
			dc_table_add(&table, DC_INK_RED,
				     host->exists == DC_TRI_NO ? DC_S("does not exist") : DC_S("no address"));
		dc_table_add(&table, DC_INK_PLAIN, dc_slice_of(provider ? provider->name : NULL));
	}
	dc_table_print(&table, DC_TEXT_INDENT);
}

/* ---- ptr ---- */

static struct dc_slice ptr_names(const struct dc_text *text, const struct dc_ptr_address *address)
{
	struct dc_slice line = {0};

	for (size_t i = 0; i < address->name_count; i++) {
		struct dc_slice name = dc_text_clean(text, address->names[i].name);

		line = dc_text_format(text, "%.*s%s%.*s", DC_FMT(line), i > 0 ? ", " : "", DC_FMT(name));
	}
	if (line.len > 0)
		return line;
	if (address->special && !address->answer)
		return dc_text_format(text, "%s address", address->special);
	return address->present == DC_TRI_NO ? DC_S("none") : DC_S("?");
}

static void confirmation(struct dc_table *table, const struct dc_ptr_address *address)
{
	if (address->special && !address->answer) /* documentation addresses are asked for like any other */
		dc_table_add(table, DC_INK_RED, DC_S("cannot send"));
	else if (address->present == DC_TRI_NO)
		dc_table_add(table, DC_INK_RED, DC_S("no")); /* NOLINT(bugprone-branch-clone): the order is the meaning */
	else if (address->confirmed == DC_TRI_UNKNOWN)
		dc_table_add(table, DC_INK_CYAN, DC_S("?"));
	else if (address->confirmed == DC_TRI_NO)
		dc_table_add(table, DC_INK_RED, DC_S("no"));
	else if (address->generic == DC_TRI_YES)
		dc_table_add(table, DC_INK_YELLOW, DC_S("yes, generic"));
	else
		dc_table_add(table, DC_INK_GREEN, DC_S("yes"));
}

void dc_text_ptr(const struct dc_text *text, const struct dc_audit_result *result)
{
	static const char *const titles[] = {"sending address", "reverse name", "confirmed", "known from"};
	const struct dc_ptr_facts *ptr = result->facts ? result->facts->ptr : NULL;
	struct dc_table table;

	if (!ptr || ptr->count == 0)
		return;
	dc_text_heading(text, result, "PTR", "ptr-", (struct dc_slice){0});
	dc_table_init(&table, text, 4, titles);
	table.rigid = 1;
	for (size_t i = 0; i < ptr->count; i++) {
		const struct dc_ptr_address *address = &ptr->addresses[i];

		dc_table_add(&table, DC_INK_BOLD, address->text);
		dc_table_add(&table, DC_INK_PLAIN, ptr_names(text, address));
		confirmation(&table, address);
		dc_table_add(&table, DC_INK_DIM,
			     address->sender.origin == DC_SENDER_OPTION ? DC_S("given")
			     : address->sender.origin == DC_SENDER_SPF	? DC_S("SPF")
									: DC_S("MX"));
	}
	dc_table_print(&table, DC_TEXT_INDENT);
}

/* ---- identities ---- */

static enum dc_ink result_ink(struct dc_slice result)
{
	if (dc_slice_eq(result, DC_S("pass")))
		return DC_INK_GREEN;
	if (result.len == 0 || dc_slice_eq(result, DC_S("temperror")))
		return DC_INK_CYAN;
	return dc_slice_eq(result, DC_S("fail")) || dc_slice_eq(result, DC_S("permerror")) ? DC_INK_RED : DC_INK_YELLOW;
}

static enum dc_ink tri_ink(enum dc_tri value)
{
	return value == DC_TRI_YES ? DC_INK_GREEN : value == DC_TRI_NO ? DC_INK_YELLOW : DC_INK_CYAN;
}

static void outcome(struct dc_table *table, const struct dc_identity_dmarc *dmarc)
{
	const char *result = dc_dmarc_result_name(dmarc->result), *fate = dc_dmarc_policy_name(dmarc->disposition);
	enum dc_ink ink = dmarc->result == DC_DMARC_RESULT_PASS	     ? DC_INK_GREEN
			  : dmarc->result == DC_DMARC_RESULT_FAIL    ? DC_INK_RED
			  : dmarc->result == DC_DMARC_RESULT_UNKNOWN ? DC_INK_CYAN
								     : DC_INK_YELLOW;

	if (dmarc->result == DC_DMARC_RESULT_FAIL && fate)
		dc_table_add(table, ink, dc_text_format(table->text, "%s: %s", result, fate));
	else
		dc_table_add(table, ink, dc_slice_of(result ? result : "?"));
}

/* What all rows share is said once, above the table. */
static bool is_shared(const struct dc_identity_facts *identities, bool return_path)
{
	const struct dc_identity *first = &identities->items[0];

	for (size_t i = 1; i < identities->count; i++) {
		const struct dc_identity *other = &identities->items[i];

		if (!dc_slice_eq(return_path ? first->mail_from : first->dkim_domain,
				 return_path ? other->mail_from : other->dkim_domain))
			return false;
	}
	return true;
}

/* The provider that the manifest names. */
static struct dc_slice through(const struct dc_identity *identity)
{
	const struct dc_stream *declared = identity->stream ? identity->stream->declared : NULL;

	return declared && declared->provider ? dc_slice_of(declared->provider->id) : DC_S("-");
}

static bool any_through(const struct dc_identity_facts *identities)
{
	for (size_t i = 0; i < identities->count; i++)
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): each provider has an id, which is not empty */
		if (through(&identities->items[i]).ptr[0] != '-')
			return true;
	return false;
}

void dc_text_identities(const struct dc_text *text, const struct dc_audit_result *result)
{
	const struct dc_identity_facts *identities = result->facts ? result->facts->identities : NULL;
	const char *titles[DC_TABLE_COLUMNS_MAX];
	struct dc_table table;
	bool path, key, by, changed = result->facts && result->facts->inputs->what_if.len > 0;
	size_t n = 0;

	if (!identities || identities->count == 0)
		return;
	by = any_through(identities);
	path = is_shared(identities, true);
	key = is_shared(identities, false);
	dc_text_newline(text);
	dc_text_puts(text, DC_INK_BOLD, "Identities");
	dc_text_newline(text);
	if (path)
		dc_text_field(text, "return path", DC_INK_PLAIN, dc_text_clean(text, identities->items[0].mail_from));
	if (key)
		dc_text_field(text, "signed by d=", DC_INK_PLAIN, dc_text_clean(text, identities->items[0].dkim_domain));
	dc_text_newline(text);
	titles[n++] = "sent from";
	if (by)
		titles[n++] = "through";
	if (!path)
		titles[n++] = "return path";
	titles[n++] = "SPF";
	titles[n++] = "aligned";
	if (!key)
		titles[n++] = "d=";
	titles[n++] = "DKIM";
	titles[n++] = "aligned";
	titles[n++] = "DMARC";
	if (changed)
		titles[n++] = "what if";
	dc_table_init(&table, text, n, titles);
	table.rigid = 1;
	for (size_t i = 0; i < identities->count; i++) {
		const struct dc_identity *identity = &identities->items[i];
		struct dc_slice spf = dc_text_clean(text, identity->spf);

		dc_table_add(&table, DC_INK_BOLD, identity->ip_text.len > 0 ? identity->ip_text : DC_S("(not known)"));
		if (by)
			dc_table_add(&table, DC_INK_PLAIN, through(identity));
		if (!path)
			dc_table_add(&table, DC_INK_PLAIN, dc_text_clean(text, identity->mail_from));
		dc_table_add(&table, result_ink(identity->spf), spf.len > 0 ? spf : DC_S("?"));
		dc_table_add(&table, tri_ink(identity->now.spf_aligned), dc_text_tri(identity->now.spf_aligned));
		if (!key)
			dc_table_add(&table, DC_INK_PLAIN, dc_text_clean(text, identity->dkim_domain));
		dc_table_add(&table, tri_ink(identity->dkim), dc_text_tri(identity->dkim));
		dc_table_add(&table, tri_ink(identity->now.dkim_aligned), dc_text_tri(identity->now.dkim_aligned));
		outcome(&table, &identity->now);
		if (changed)
			outcome(&table, &identity->changed);
	}
	dc_table_print(&table, DC_TEXT_INDENT);
}

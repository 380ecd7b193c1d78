/* Settings of the probes, each with what to say when it is wrong. */
#include "api/probes.h"

static bool add_probe(struct dc_config *config, struct dc_slice value, const char **ret_want)
{
	*ret_want = "smtp (the MX hosts, port 25) or submission (ports 465 and 587)";
	if (dc_slice_eq(value, DC_S("smtp")))
		config->probe_smtp = true;
	else if (dc_slice_eq(value, DC_S("submission")))
		config->probe_submission = true;
	else
		return false;
	return true;
}

static bool set_submission(struct dc_config *config, struct dc_slice value, const char **ret_want)
{
	struct dc_slice port_text = value, host = dc_slice_cut(&port_text, ':'), name;
	uint64_t port = 0;
	*ret_want = "a host or HOST:PORT, such as smtp.example.com";
	if ((port_text.ptr && (!dc_slice_uint(port_text, false, UINT16_MAX, &port) || !port)) ||
	    !dc_name_normalize(config->arena, host, &name) || !dc_name_is_host(name, false) || dc_name_labels(name) < 2)
		return false;
	config->submission_host = name;
	config->submission_port = (uint16_t)port;
	return true;
}

static bool add_port(struct dc_config *config, struct dc_slice value, const char **ret_want)
{
	struct dc_slice rest = value, first = dc_slice_cut(&rest, '=');
	uint64_t from, to;
	size_t at = 0;
	*ret_want = "FROM=TO with two port numbers, such as 25=2525 (at most seven of them)";
	while (at < DC_SMTP_PORTS_MAX && config->probe_ports[at].from)
		at++;
	if (at + 1 >= DC_SMTP_PORTS_MAX || !dc_slice_uint(first, false, UINT16_MAX, &from) || !from ||
	    !dc_slice_uint(rest, false, UINT16_MAX, &to) || !to)
		return false;
	config->probe_ports[at] = (struct dc_smtp_port){(uint16_t)from, (uint16_t)to};
	return true;
}

static bool set_helo(struct dc_config *config, struct dc_slice value, const char **ret_want)
{
	bool literal = value.len > 2 && value.ptr[0] == '[' && value.ptr[value.len - 1] == ']';
	*ret_want = "a host name such as probe.example.com";
	for (size_t i = 0; i < value.len; i++)
		if (value.ptr[i] <= ' ' || value.ptr[i] > '~')
			return false;
	if (value.len > DC_NAME_WIRE_MAX || (!literal && !dc_name_is_host(value, false)))
		return false;
	config->probe_helo = value;
	return true;
}

bool dc_probe_set(struct dc_config *config, const char *name, struct dc_slice value, const char **ret_want)
{
	static const struct {
		const char *name;
		bool (*set)(struct dc_config *config, struct dc_slice value, const char **ret_want);
	} rows[] = {{"probe", add_probe}, {"submission", set_submission}, {"probe-port", add_port}, {"probe-helo", set_helo}};
	*ret_want = "a setting of the probes";
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(name, rows[i].name) == 0)
			return rows[i].set(config, value, ret_want);
	return false;
}

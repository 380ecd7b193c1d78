/* Inside the text renderer: the fleet, fields below the line that counts the domains. */
#ifndef DC_RENDER_TEXT_FLEET_H
#define DC_RENDER_TEXT_FLEET_H

#include "render/fleet.h"
#include "render/text/layout.h"

void dc_text_fleet(const struct dc_text *text, const struct dc_summary *summary, const struct dc_fleet_view *view);

#endif

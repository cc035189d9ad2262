#include "view/site_pages.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "view/site_parts.h"
#include "view/site_style.h"

namespace view {

std::string message_page(std::string_view title, std::string_view text) {
  return document(title, {}, std::nullopt, [&](Markup& page) {
    page.element("h1", title);
    page.element("p", text);
    page.open("p");
    page.element("a", "To the overview", {{"href", "/"}});
    page.close();
  });
}

const std::string& page_policy() {
  static const std::string policy = "default-src 'none'; style-src 'sha256-" +
                                    base::to_base64(base::as_view(base::sha256(site_style()))) +
                                    "'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
  return policy;
}

}  // namespace view

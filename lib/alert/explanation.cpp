#include "alert/explanation.h"

#include "alert/explanation_pages.h"
#include "base/ensure.h"

namespace alert {

const Explanation& explanation_of(verdict::Cause cause) {
  static const std::vector<Explanation> pages = [] {
    std::vector<Explanation> all;
    for (const auto& chapter : {pages_of_tokens(), pages_of_rights(), pages_of_operation()})
      all.insert(all.end(), chapter.begin(), chapter.end());
    return all;
  }();
  for (const Explanation& page : pages) {
    if (page.cause == cause) return page;
  }
  ENSURE(!"a cause without an explanation");
  return pages.front();
}

}  // namespace alert

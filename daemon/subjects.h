#pragma once

#include <map>
#include <optional>
#include <string>

#include "alert/alert.h"
#include "store/store.h"

namespace app {

/// Whom incidents are about, as the database knows it now.
class Subjects {
 public:
  explicit Subjects(store::Store& store);

  /// App, token and ad account; not who else is hit.
  alert::Subject of(const verdict::IncidentKey& key) const;

 private:
  std::map<audit::TokenId, audit::Token> tokens_;  ///< live ones
  std::map<std::string, std::string> accounts_;    ///< id to name
};

}  // namespace app

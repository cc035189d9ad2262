#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "settings/forms.h"

namespace settings {

/// The elements of the list under `key`; none when there is no list.
std::vector<const Node*> items_of(const Node& mapping, std::string_view key);
/// The value under `key`, or else the mapping: somewhere to point at.
const Node& member_or_self(const Node& mapping, std::string_view key);

/// Calls `look` with each value of a list, or with the single value, and the node that it was read from. Not at all
/// when one of them is malformed, which has been complained about. `node`: nullptr when nothing was given.
void for_each_given(const Node* node, const std::vector<std::string>& values,
                    const std::function<void(const Node&, const std::string&)>& look);

/// Complains when `name` is none of those that are known. An empty name has been complained about.
void require_known(Walk& walk, const Node& node, const std::string& name, std::string_view what,
                   const std::vector<std::string_view>& known);
/// The same for a value that was given as a list or as a single value, if it was given at all.
void require_all_known(Walk& walk, const Node* node, const std::vector<std::string>& names, std::string_view what,
                       const std::vector<std::string_view>& known);

}  // namespace settings

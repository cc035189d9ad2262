#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace settings::schema {

// Pieces of JSON Schema (draft 7), as text. A reference, ${env:NAME} and the like, may stand wherever a text may.

// What is defined once, under "definitions".
constexpr std::string_view kText = R"({"$ref":"#/definitions/text"})";
constexpr std::string_view kSecret = R"({"$ref":"#/definitions/secret"})";
constexpr std::string_view kDuration = R"({"$ref":"#/definitions/duration"})";
constexpr std::string_view kShare = R"({"$ref":"#/definitions/share"})";
constexpr std::string_view kFlag = R"({"$ref":"#/definitions/flag"})";
constexpr std::string_view kName = R"({"$ref":"#/definitions/name"})";
constexpr std::string_view kNamePattern = R"({"$ref":"#/definitions/name_pattern"})";
constexpr std::string_view kAccount = R"({"$ref":"#/definitions/account"})";
constexpr std::string_view kAccountPattern = R"({"$ref":"#/definitions/account_pattern"})";
constexpr std::string_view kLabels = R"({"$ref":"#/definitions/labels"})";

std::string one_of(const std::vector<std::string_view>& words);
std::string whole(int least, int most);
std::string list_of(const std::string& item, std::size_t most = 0);  ///< at least one; most 0: any number
std::string any_of(const std::vector<std::string>& schemas);
/// A text of this regular expression, or one with a reference.
std::string matching(std::string_view expression);

/// The member "definitions" with its value.
std::string definitions();

}  // namespace settings::schema

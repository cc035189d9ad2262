#include "token_rights.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/overloaded.h"
#include "base/text.h"
#include "service/options.h"
#include "xads/classify.h"

namespace app {
namespace {

using verdict::Ability;
using verdict::Certainty;

AccountRights rights_in(const std::string& account, const http::Reply& reply, const xads::CodeTable& codes) {
  AccountRights rights{.account = account};
  std::visit(base::Overloaded{[&](xads::Granted granted) { rights.permissions = std::move(granted.permissions); },
                              [&](const xads::Denied& denied) {
                                rights.trouble = fmt::format("denied {}", xads::to_text(denied.denial));
                              },
                              [&](const xads::Throttled&) { rights.trouble = "throttled"; },
                              [&](const xads::Unavailable& nothing) { rights.trouble = nothing.why; }},
             xads::classify(reply, account, codes).answer);
  return rights;
}

std::string name_of(const std::map<std::string, std::string>& names, const std::string& account) {
  const auto name = names.find(account);
  return name == names.end() ? std::string() : name->second;
}

/// Each set of permissions, with the accounts that have it.
std::vector<std::pair<xads::Permissions, std::vector<std::string>>> by_permissions(
    const std::vector<AccountRights>& accounts) {
  std::vector<std::pair<xads::Permissions, std::vector<std::string>>> groups;
  for (const auto& rights : accounts) {
    if (!rights.permissions) continue;
    const auto same = [&](const auto& group) { return group.first == *rights.permissions; };
    auto group = std::find_if(groups.begin(), groups.end(), same);
    if (group == groups.end()) group = groups.insert(groups.end(), {*rights.permissions, {}});
    group->second.push_back(rights.account);
  }
  return groups;
}

/// "documented: conversion uploads; by role name: campaign edits, creative edits"
std::string words_of(const std::vector<Right>& rights, Ability ability) {
  std::vector<std::string> parts;
  for (const Certainty certainty : {Certainty::kDocumented, Certainty::kByRoleName, Certainty::kUnknown}) {
    std::vector<std::string> words;
    for (const Right& right : rights) {
      if (right.answer.ability == ability && right.answer.certainty == certainty) words.push_back(right.words);
    }
    const std::string list = base::join(words, ", ");
    if (words.empty()) continue;
    parts.push_back(ability == Ability::kUnknown ? list : fmt::format("{}: {}", verdict::to_text(certainty), list));
  }
  return base::join(parts, "; ");
}

std::string_view word_of(Ability ability) {
  switch (ability) {
    case Ability::kYes:
      return "yes";
    case Ability::kNo:
      return "no";
    case Ability::kUnknown:
      return "unknown";
  }
  return "unknown";
}

void write_account(base::JsonWriter& writer, const AccountRights& rights,
                   const std::map<std::string, std::string>& names) {
  writer.StartObject();
  member(writer, "account", std::string_view(rights.account));
  member_or_null(writer, "name", name_of(names, rights.account));
  if (rights.permissions)
    member(writer, "permissions", rights.permissions->texts());
  else
    member_or_null(writer, "permissions", "");
  member_or_null(writer, "trouble", rights.trouble);
  writer.EndObject();
}

}  // namespace

std::vector<AccountRights> ask_rights(ApiLine& line, const service::App& app, const xads::AccessToken& token,
                                      const std::vector<std::string>& accounts, const xads::CodeTable& codes) {
  std::vector<AccountRights> rights;
  for (std::size_t i = 0; i < std::min(accounts.size(), kMostAsked); ++i) {
    const std::string& account = accounts[i];
    rights.push_back(rights_in(account, line.ask(line.client().access_request(app.consumer, token, account)), codes));
  }
  return rights;
}

std::vector<Right> rights_of(audit::TokenKind kind, const service::App& app, const xads::Permissions& permissions) {
  const auto& table = verdict::Capabilities::built_in();
  std::vector<Right> rights;
  for (const auto& capability : table.names()) {
    if (capability.web_only) continue;  // nothing that the token itself does
    auto answer = table.may(capability.name, kind, permissions);
    const auto of_app = table.app_may(capability.name, app.access);
    if (of_app.ability == Ability::kNo && answer.ability != Ability::kNo) answer = of_app;
    rights.push_back({capability.name, capability.words, answer});
  }
  return rights;
}

void print_rights(const std::vector<AccountRights>& accounts, const std::map<std::string, std::string>& names,
                  audit::TokenKind kind, const service::App& app) {
  if (accounts.empty()) return;
  Table table({"ACCOUNT", "NAME", "PERMISSIONS"});
  for (const auto& rights : accounts) {
    const std::string name = name_of(names, rights.account);
    table.add({rights.account, name.empty() ? "-" : name,
               rights.permissions ? rights.permissions->text() : "(" + rights.trouble + ")"});
  }
  table.print();
  for (const auto& [permissions, having] : by_permissions(accounts)) {
    const auto rights = rights_of(kind, app, permissions);
    fmt::print("\nwith {} ({} of these accounts)\n", base::clean_text(permissions.text()), having.size());
    print_field("may", words_of(rights, Ability::kYes));
    print_field("may not", words_of(rights, Ability::kNo));
    print_field("unknown", words_of(rights, Ability::kUnknown));
  }
}

void write_rights(base::JsonWriter& writer, const std::vector<AccountRights>& accounts,
                  const std::map<std::string, std::string>& names, audit::TokenKind kind, const service::App& app) {
  writer.Key("account_access");
  writer.StartArray();
  for (const auto& rights : accounts) write_account(writer, rights, names);
  writer.EndArray();
  writer.Key("may");
  writer.StartArray();
  for (const auto& [permissions, having] : by_permissions(accounts)) {
    for (const Right& right : rights_of(kind, app, permissions)) {
      writer.StartObject();
      member(writer, "permissions", permissions.texts());
      member(writer, "accounts", having);
      member(writer, "need", std::string_view(right.capability));
      member(writer, "ability", word_of(right.answer.ability));
      member(writer, "certainty", verdict::to_text(right.answer.certainty));
      writer.EndObject();
    }
  }
  writer.EndArray();
}

}  // namespace app

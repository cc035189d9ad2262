#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/sqlite.h"
#include "verdict/baseline.h"

/// How a value lies in a column of the type ANY: the usual one in its shortest form, any other as text, so that nothing
/// is ever lost.
namespace store {

/// A decimal number without leading zeros, such as a user's id: a number. Everything else: text.
void bind_digits(Statement& statement, std::string_view text);
std::string read_digits(const Statement& row, int column);

/// One of a fixed list of words: its place in the list. Every other text: as it is. A list is only ever appended to.
void bind_word(Statement& statement, std::span<const std::string_view> words, std::string_view text);
std::string read_word(const Statement& row, int column, std::span<const std::string_view> words);

/// A denial: its code. A grant: bytes, the first the mask of the permissions, then the user's number, most significant
/// byte first, without leading zeros. A grant with permissions that we do not know, or a user that is no number: JSON.
void bind_answer(Statement& statement, const verdict::Conclusive& answer);
/// Nothing when the column holds no answer.
std::optional<verdict::Conclusive> read_answer(const Statement& row, int column);

/// A side of a change. The text of an answer (verdict::to_text) as its answer; an empty text: NULL.
void bind_side(Statement& statement, std::string_view text);
/// A column that bind_side() cannot have written gives its bytes.
std::string read_side(const Statement& row, int column);

/// None: NULL. Known ones in the usual order: their mask. Others: a JSON list.
void bind_permissions(Statement& statement, const std::vector<std::string>& permissions);
std::vector<std::string> read_permissions(const Statement& row, int column);

}  // namespace store

import type { Diagnostic } from "@ingot/diag";
import { isInvalidKind, TokenKind } from "./token-kind.js";
import type { Token, TokenList } from "./token-list.js";
import { newlineEnd } from "./scan-characters.js";

/** How often one kind is worth a message: the second single quote of a pair, or the hundredth semicolon, says nothing new. */
const MAX_MESSAGES: Partial<Record<TokenKind, number>> = {
  [TokenKind.BitwiseOperator]: 4,
  [TokenKind.Backtick]: 1,
  [TokenKind.Apostrophe]: 1,
  [TokenKind.Semicolon]: 1,
  [TokenKind.InvalidEncoding]: 1,
  [TokenKind.QuotedNewline]: 20,
  [TokenKind.Invalid]: 20,
};

const BITWISE_HINTS: Readonly<Record<string, string>> = {
  "&": ' Did you mean boolean AND ("&&")?',
  "|": ' Did you mean boolean OR ("||")?',
  "~": ' Did you mean boolean NOT ("!")?',
};

/** Reports the tokens that are wrong wherever they stand. */
export function reportInvalidTokens(tokens: TokenList): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const told = new Map<TokenKind, number>();
  for (let index = 0; index < tokens.length; index++) {
    const kind = tokens.kinds[index] as TokenKind;
    if (!isInvalidKind(kind)) continue;
    const count = (told.get(kind) ?? 0) + 1;
    told.set(kind, count);
    if (count > (MAX_MESSAGES[kind] ?? 1)) continue;
    const token = tokens.at(index);
    const end = kind === TokenKind.QuotedNewline ? newlineEnd(tokens.file.bytes, token.start) : token.end;
    const subject = tokens.file.range({ start: token.start, end });
    diagnostics.push({ severity: "error", ...describe(tokens, token), subject });
  }
  return diagnostics;
}

function describe(tokens: TokenList, token: Token): { summary: string; detail: string } {
  switch (token.kind) {
    case TokenKind.BitwiseOperator: {
      const hint = BITWISE_HINTS[tokens.file.text(token)] ?? "";
      return { summary: "Unsupported operator", detail: `Bitwise operators are not supported.${hint}` };
    }
    case TokenKind.InvalidEncoding:
      return {
        summary: "Invalid character encoding",
        detail: "All input files must be UTF-8 encoded. Ensure that UTF-8 encoding is selected in your editor.",
      };
    case TokenKind.QuotedNewline:
      return {
        summary: "Invalid multi-line string",
        detail:
          'Quoted strings may not be split over multiple lines. To produce a multi-line string, either use the \\n escape to represent a newline character or use the "heredoc" multi-line template syntax.',
      };
    default:
      return { summary: "Invalid character", detail: describeCharacter(tokens.file.text(token)) };
  }
}

function describeCharacter(character: string): string {
  switch (character) {
    case "`":
      return 'The "`" character is not valid. To create a multi-line string, use the "heredoc" syntax, like "<<EOT".';
    case "'":
      return 'Single quotes are not valid. Use double quotes (") to enclose strings.';
    case ";":
      return 'The ";" character is not valid. Use newlines to separate arguments and blocks, and commas to separate items in collection values.';
    case "\u201c":
    case "\u201d":
      return '"Curly quotes" are not valid here. These can sometimes be inadvertently introduced when sharing code via documents or discussion forums. It might help to replace the character with a "straight quote".';
    default:
      return "This character is not used within the language.";
  }
}

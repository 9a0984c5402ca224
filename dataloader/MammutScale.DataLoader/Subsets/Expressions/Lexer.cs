using System.Text;

namespace MammutScale.DataLoader.Subsets.Expressions;

internal static class Lexer
{
    private static readonly string[] Symbols = ["<=", ">=", "!=", "<>", "==", "<", ">", "=", "(", ")", "[", "]", ",", "+", "-", "*", "/"];

    // conditions are walked by recursion: this many fit any stack
    private const int MostTokens = 10_000;

    public static List<Token> Read(string text)
    {
        var tokens = new List<Token>();
        var at = 0;
        while (true)
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
                at++;
            if (at == text.Length)
                break;
            tokens.Add(Next(text, ref at));
            if (tokens.Count > MostTokens)
                throw new SubsetException($"where: more than {MostTokens} words and signs; put long lists of ids in a file and name it in `only`");
        }

        tokens.Add(new Token(TokenKind.End, "the end", at));
        return tokens;
    }

    private static Token Next(string text, ref int at)
    {
        var start = at;
        var c = text[at];
        if (c is '\'' or '"' or '`')
        {
            var quoted = Quoted(text, ref at);
            return new Token(c == '`' ? TokenKind.Name : TokenKind.Text, quoted, start, c == '`');
        }

        if (char.IsAsciiDigit(c) || (c == '.' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1])))
        {
            while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '.' or '_' || (text[at] is '+' or '-' && text[at - 1] is 'e' or 'E')))
                at++;
            return new Token(TokenKind.Number, text[start..at], start);
        }

        if (char.IsLetter(c) || c == '_')
        {
            while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '_' or '.'))
                at++;
            return new Token(TokenKind.Name, text[start..at], start);
        }

        foreach (var symbol in Symbols)
            if (string.CompareOrdinal(text, at, symbol, 0, symbol.Length) == 0)
            {
                at += symbol.Length;
                return new Token(TokenKind.Symbol, symbol, start);
            }

        throw new SubsetException($"where: '{c}' at character {start + 1} of `{text}` is not understood; names with unusual characters go in `backticks`, text in 'quotes'");
    }

    /// <summary>A doubled quote stands for one.</summary>
    private static string Quoted(string text, ref int at)
    {
        var start = at;
        var quote = text[at++];
        var value = new StringBuilder();
        while (at < text.Length)
        {
            if (text[at] != quote)
                value.Append(text[at++]);
            else if (at + 1 < text.Length && text[at + 1] == quote)
            {
                value.Append(quote);
                at += 2;
            }
            else
            {
                at++;
                return value.ToString();
            }
        }

        throw new SubsetException($"where: the {quote} at character {start + 1} of `{text}` is never closed");
    }
}

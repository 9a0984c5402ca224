namespace MammutScale.DataLoader.Subsets.Expressions;

internal enum TokenKind
{
    Name,
    Number,
    Text,
    Symbol,
    End,
}

/// <param name="Text">Names and text without their quotes.</param>
/// <param name="At">Offset in the expression.</param>
/// <param name="Quoted">A name in backticks: never a keyword.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int At, bool Quoted = false)
{
    public bool IsWord(string word) => Kind == TokenKind.Name && !Quoted && Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    public bool IsSymbol(string symbol) => Kind == TokenKind.Symbol && Text == symbol;
}

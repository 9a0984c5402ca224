using System.Globalization;

namespace MammutScale.DataLoader.Subsets.Expressions;

/// <summary>Recursive descent: or, and, not, comparison, sum, product, operand.</summary>
internal sealed class WhereParser
{
    private const int MaxDepth = 200;

    private readonly string _text;
    private readonly List<Token> _tokens;
    private int _at;
    private int _depth;

    private WhereParser(string text) => (_text, _tokens) = (text, Lexer.Read(text));

    /// <exception cref="SubsetException">Not an expression; says where it goes wrong.</exception>
    public static Condition Parse(string text)
    {
        var parser = new WhereParser(text);
        var condition = parser.Or();
        if (parser.Now.Kind != TokenKind.End)
            throw parser.Fault("expected `and`, `or` or the end");
        return condition;
    }

    private Token Now => _tokens[_at];

    private Condition Or()
    {
        var left = And();
        while (Take("or"))
            left = new OrCondition(left, And());
        return left;
    }

    private Condition And()
    {
        var left = Not();
        while (Take("and"))
            left = new AndCondition(left, Not());
        return left;
    }

    private Condition Not()
    {
        Descend();
        try
        {
            return Take("not") ? new NotCondition(Not()) : Parenthesis() ?? Comparison();
        }
        finally
        {
            _depth--;
        }
    }

    /// <summary>A condition in parentheses; null when the parenthesis turns out to hold a calculation.</summary>
    private Condition? Parenthesis()
    {
        if (!Now.IsSymbol("("))
            return null;
        var start = _at++;
        if (Condition() is not { } inner || !Now.IsSymbol(")"))
        {
            _at = start;
            return null;
        }

        _at++;
        if (Now.Kind == TokenKind.Symbol && !Now.IsSymbol(")") && !Now.IsSymbol(","))
        {
            _at = start;
            return null;
        }

        return inner;

        Condition? Condition()
        {
            try
            {
                return Or();
            }
            catch (SubsetException) when (IsCalculation(start))
            {
                return null;
            }
        }
    }

    /// <summary>Whether the parenthesis that opens here is followed by an operator, so that it must be a number.</summary>
    private bool IsCalculation(int open)
    {
        var depth = 0;
        for (var i = open; i < _tokens.Count; i++)
        {
            depth += _tokens[i].IsSymbol("(") ? 1 : _tokens[i].IsSymbol(")") ? -1 : 0;
            if (depth == 0)
                return _tokens[i + 1].Kind == TokenKind.Symbol && !_tokens[i + 1].IsSymbol(")");
        }

        return false;
    }

    private Condition Comparison()
    {
        var left = Sum();
        if (Take("is"))
        {
            var not = Take("not");
            if (!Take("null"))
                throw Fault("expected `null` or `not null`");
            return not ? new NotCondition(new IsNull(left)) : new IsNull(left);
        }

        if (Now.IsWord("not") && _tokens[_at + 1].IsWord("in"))
        {
            _at += 2;
            return new NotCondition(new InList(left, Items()));
        }

        if (Take("in"))
            return new InList(left, Items());
        if (Now.Kind != TokenKind.Symbol || Operator(Now.Text) is not { } kind)
            return left is ColumnOperand && (Now.Kind == TokenKind.End || Now.IsSymbol(")") || Now.IsWord("and") || Now.IsWord("or"))
                ? new Comparison(ComparisonKind.Equal, left, new BooleanLiteral(true))
                : throw Fault("expected a comparison (= != < <= > >=, `in`, `is null`)");
        _at++;
        return new Comparison(kind, left, Sum());
    }

    private List<Operand> Items()
    {
        var close = Now.IsSymbol("[") ? "]" : ")";
        if (!Now.IsSymbol("(") && !Now.IsSymbol("["))
            throw Fault("expected a list such as ('a', 'b')");
        _at++;
        var items = new List<Operand>();
        do
        {
            var item = Primary();
            if (item.Columns().Any())
                throw new SubsetException($"where: a list holds values, not the column {item}; text goes in 'quotes' (in `{_text}`)");
            items.Add(item);
        }
        while (TakeSymbol(","));
        if (!TakeSymbol(close))
            throw Fault($"expected , or {close}");
        return items;
    }

    private Operand Sum()
    {
        var left = Product();
        while (Now.IsSymbol("+") || Now.IsSymbol("-"))
            left = new Arithmetic(_tokens[_at++].Text[0], left, Product());
        return left;
    }

    private Operand Product()
    {
        var left = Primary();
        while (Now.IsSymbol("*") || Now.IsSymbol("/"))
            left = new Arithmetic(_tokens[_at++].Text[0], left, Primary());
        return left;
    }

    private Operand Primary()
    {
        if (TakeSymbol("-"))
        {
            Descend();
            var negated = Primary();
            _depth--;
            return negated switch
            {
                IntegerLiteral integer => new IntegerLiteral(-integer.Value),
                NumberLiteral number => new NumberLiteral(-number.Value),
                _ => new Arithmetic('-', new IntegerLiteral(0), negated),
            };
        }

        if (TakeSymbol("("))
        {
            Descend();
            var inner = Sum();
            _depth--;
            return TakeSymbol(")") ? inner : throw Fault("expected )");
        }

        var token = Now;
        switch (token.Kind)
        {
            case TokenKind.Number:
                _at++;
                return Number(token);
            case TokenKind.Text:
                _at++;
                return new TextLiteral(token.Text);
            case TokenKind.Name when token.IsWord("true") || token.IsWord("false"):
                _at++;
                return new BooleanLiteral(token.IsWord("true"));
            case TokenKind.Name when !token.IsWord("and") && !token.IsWord("or") && !token.IsWord("not") && !token.IsWord("in") && !token.IsWord("is") && !token.IsWord("null"):
                _at++;
                return new ColumnOperand(token.Text);
            case TokenKind.Name when token.IsWord("null"):
                throw new SubsetException($"where: comparing with null is never true; write `is null` or `is not null` (in `{_text}`)");
            default:
                throw Fault("expected a column, a number or 'text'");
        }
    }

    private Operand Number(Token token)
    {
        if (long.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var integer))
            return new IntegerLiteral(integer);
        if (double.TryParse(token.Text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            return new NumberLiteral(number);
        throw new SubsetException($"where: '{token.Text}' at character {token.At + 1} of `{_text}` is not a number");
    }

    private static ComparisonKind? Operator(string symbol) => symbol switch
    {
        "=" or "==" => ComparisonKind.Equal,
        "!=" or "<>" => ComparisonKind.NotEqual,
        "<" => ComparisonKind.Less,
        "<=" => ComparisonKind.LessOrEqual,
        ">" => ComparisonKind.Greater,
        ">=" => ComparisonKind.GreaterOrEqual,
        _ => null,
    };

    private void Descend()
    {
        if (++_depth > MaxDepth)
            throw Fault($"nested deeper than {MaxDepth}");
    }

    private bool Take(string word)
    {
        if (!Now.IsWord(word))
            return false;
        _at++;
        return true;
    }

    private bool TakeSymbol(string symbol)
    {
        if (!Now.IsSymbol(symbol))
            return false;
        _at++;
        return true;
    }

    private SubsetException Fault(string expected) =>
        new($"where: {expected}, found {(Now.Kind == TokenKind.End ? "the end" : $"'{Now.Text}' at character {Now.At + 1}")} in `{_text}`");
}

using Elsa.Expressions.Models;

namespace Elsa.Expressions.Models
{
    /// <summary>Further values for an evaluation.</summary>
    public class ExpressionEvaluatorOptions
    {
        /// <summary>No further values.</summary>
        public static ExpressionEvaluatorOptions Empty { get; } = new();

        /// <summary>Values by name.</summary>
        public IDictionary<string, object> Arguments { get; set; } = new Dictionary<string, object>();
    }
}

namespace Elsa.Expressions.Contracts
{
    /// <summary>Evaluates expressions of any syntax.</summary>
    public interface IExpressionEvaluator
    {
        /// <summary>Evaluates an expression and converts its value.</summary>
        ValueTask<T?> EvaluateAsync<T>(Expression input, ExpressionExecutionContext context, ExpressionEvaluatorOptions? options = null);

        /// <summary>Evaluates an expression and converts its value.</summary>
        ValueTask<object?> EvaluateAsync(
            Expression input, Type returnType, ExpressionExecutionContext context, ExpressionEvaluatorOptions? options = null);
    }
}

using System.Reflection;

namespace Elsa.Workflows
{
    /// <summary>Computes the value an editor shows for a new activity.</summary>
    public interface IActivityPropertyDefaultValueProvider
    {
        /// <summary>The value.</summary>
        object GetDefaultValue(PropertyInfo property);
    }

    /// <summary>Supplies choices and settings of the editor of an input.</summary>
    public interface IPropertyUIHandler
    {
        /// <summary>Handlers with a lower number are asked first.</summary>
        float Priority { get; }

        /// <summary>The choices and settings, by name.</summary>
        ValueTask<IDictionary<string, object>> GetUIPropertiesAsync(
            PropertyInfo propertyInfo, object? context, CancellationToken cancellationToken = default);
    }

    /// <summary>Base class of handlers.</summary>
    public abstract class PropertyUIHandlerBase : IPropertyUIHandler
    {
        /// <inheritdoc />
        public virtual float Priority => 0;

        /// <inheritdoc />
        public abstract ValueTask<IDictionary<string, object>> GetUIPropertiesAsync(
            PropertyInfo propertyInfo, object? context, CancellationToken cancellationToken = default);
    }
}

namespace Elsa.Workflows.UIHints.Dropdown
{
    /// <summary>A choice of a list.</summary>
    /// <param name="Text">What is shown.</param>
    /// <param name="Value">What is stored.</param>
    public record SelectListItem(string Text, string Value);

    /// <summary>The choices of a drop-down list.</summary>
    /// <param name="Items">The choices.</param>
    /// <param name="IsFlagsEnum">True if several can be chosen at once.</param>
    public record SelectList(ICollection<SelectListItem> Items, bool IsFlagsEnum = false);

    /// <summary>What a drop-down editor is given.</summary>
    public class DropDownProps
    {
        /// <summary>The choices.</summary>
        public SelectList? SelectList { get; set; }
    }

    /// <summary>Base class of handlers that supply the choices of a drop-down list.</summary>
    public abstract class DropDownOptionsProviderBase : IPropertyUIHandler
    {
        /// <inheritdoc />
        public virtual float Priority => 0;

        /// <summary>True if the choices are asked for again after a change.</summary>
        protected virtual bool RefreshOnChange => false;

        /// <inheritdoc />
        public virtual async ValueTask<IDictionary<string, object>> GetUIPropertiesAsync(
            PropertyInfo propertyInfo, object? context, CancellationToken cancellationToken = default)
        {
            var items = await GetItemsAsync(propertyInfo, context, cancellationToken);
            var properties = new Dictionary<string, object>(GetUIPropertyAdditionalOptions())
            {
                [InputUIHints.DropDown] = new DropDownProps { SelectList = new SelectList(items) },
            };

            if (RefreshOnChange)
                properties["Refresh"] = true;

            return properties;
        }

        /// <summary>The choices.</summary>
        protected abstract ValueTask<ICollection<SelectListItem>> GetItemsAsync(
            PropertyInfo propertyInfo, object? context, CancellationToken cancellationToken);

        /// <summary>Further settings of the editor. None by default.</summary>
        protected virtual IDictionary<string, object> GetUIPropertyAdditionalOptions() => new Dictionary<string, object>();
    }
}

import type { StoredPage } from '../pages/api.ts';
import { PageWidgets } from '../pages/page-widgets.tsx';
import { usePageData } from '../pages/use-page-data.ts';
import { textOf } from '../pages/widget.ts';
import { WidgetCard } from '../pages/widget-card.tsx';

/** What the organisation put on everybody's Home. */
export function HomeBoard({ stored }: { readonly stored: StoredPage }) {
  const data = usePageData(stored, { filters: [] });
  return (
    <PageWidgets
      widgets={stored.page.widgets}
      renderCard={(widget) => (
        <WidgetCard widget={widget} answer={data.data?.[textOf(widget, 'id')]} error={data.error} />
      )}
    />
  );
}

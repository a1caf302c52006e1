/** Lists that grow page by page. */
import { useInfiniteQuery } from '@tanstack/react-query';

interface Page<T> {
  readonly items: readonly T[];
  readonly cursor: string | null;
}

/** A list that grows page by page. `read` gets the query parameter of the page to fetch. */
export function usePages<T>(
  key: readonly unknown[],
  read: (page: { cursor?: string }) => Promise<Page<T>>,
  enabled = true,
) {
  return useInfiniteQuery({
    queryKey: key,
    enabled,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => read(pageParam === null ? {} : { cursor: pageParam }),
    getNextPageParam: (last) => last.cursor,
    select: (data) => data.pages.flatMap((page) => page.items),
  });
}

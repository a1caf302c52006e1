/** Lists that grow page by page. `read` gets the cursor that the page before has ended with. */
import { useInfiniteQuery } from '@tanstack/react-query';

interface Page<T> {
  readonly items: readonly T[];
  readonly cursor?: string | null;
  /** How many the reader may not see. */
  readonly withheld?: number;
}

type Read<T> = (cursor: string | null) => Promise<Page<T>>;

interface Options<T> {
  readonly enabled?: boolean;
  /** Milliseconds until it is read again, by what is shown and how often it was read; never, unless given. */
  readonly again?: (pages: readonly Page<T>[], readings: number) => number | false;
}

interface State<T> {
  readonly data: { readonly pages: readonly Page<T>[] } | undefined;
  readonly dataUpdateCount: number;
}

function listing<T>(key: readonly unknown[], read: Read<T>, { enabled = true, again = () => false }: Options<T>) {
  return {
    queryKey: key,
    enabled,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }: { readonly pageParam: string | null }) => read(pageParam),
    getNextPageParam: (page: Page<T>) => page.cursor ?? null,
    refetchInterval: ({ state }: { readonly state: State<T> }) => again(state.data?.pages ?? [], state.dataUpdateCount),
  };
}

/** All items of the pages that were read. */
export function usePages<T>(key: readonly unknown[], read: Read<T>, options: Options<T> = {}) {
  return useInfiniteQuery({
    ...listing(key, read, options),
    select: (data) => data.pages.flatMap((page) => page.items),
  });
}

/** The same, with the number of those that the reader may not see. */
export function usePartialPages<T>(key: readonly unknown[], read: Read<T>, options: Options<T> = {}) {
  return useInfiniteQuery({
    ...listing(key, read, options),
    select: (data) => ({
      items: data.pages.flatMap((page) => page.items),
      withheld: data.pages.reduce((sum, page) => sum + (page.withheld ?? 0), 0),
    }),
  });
}

//! Streams that are boxed: what a reader makes of a few of them. One type for each item keeps the code of them, and what the build of
//! it costs, small.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_core::Stream;

use super::IoError;

pub(crate) type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Results as they come.
pub(crate) type Results<T> = Pin<Box<dyn Stream<Item = Result<T, IoError>> + Send>>;

/// What an iterator gives.
pub(crate) fn iter<T>(
    items: impl Iterator<Item = Result<T, IoError>> + Send + Unpin + 'static,
) -> Results<T> {
    Box::pin(Iter(items))
}

/// An error and nothing else.
pub(crate) fn failed<T: Send + Unpin + 'static>(error: IoError) -> Results<T> {
    iter(std::iter::once(Err(error)))
}

/// A stream that a future makes.
pub(crate) fn later<T: 'static>(stream: BoxFuture<Result<Results<T>, IoError>>) -> Results<T> {
    Box::pin(Flat { outer: Some(stream), inner: None })
}

/// The items of streams, one stream after the other.
pub(crate) fn flat<T: 'static>(streams: Results<Results<T>>) -> Results<T> {
    Box::pin(Flat { outer: Some(streams), inner: None })
}

/// What is made of each item.
pub(crate) fn map<T: 'static, U: 'static>(
    stream: Results<T>,
    change: impl FnMut(T) -> Result<U, IoError> + Send + Unpin + 'static,
) -> Results<U> {
    Box::pin(Map { stream, change })
}

/// The first items.
pub(crate) fn take<T: 'static>(stream: Results<T>, most: usize) -> Results<T> {
    Box::pin(Take { stream, left: most })
}

/// The next item.
pub(crate) async fn next<T>(stream: &mut Results<T>) -> Option<Result<T, IoError>> {
    std::future::poll_fn(|cx| stream.as_mut().poll_next(cx)).await
}

struct Iter<I>(I);

impl<I: Iterator + Unpin> Stream for Iter<I> {
    type Item = I::Item;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.next())
    }
}

struct Map<T, F> {
    stream: Results<T>,
    change: F,
}

impl<T, U, F: FnMut(T) -> Result<U, IoError> + Unpin> Stream for Map<T, F> {
    type Item = Result<U, IoError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = ready!(self.stream.as_mut().poll_next(cx));
        Poll::Ready(item.map(|item| item.and_then(|item| (self.change)(item))))
    }
}

struct Take<T> {
    stream: Results<T>,
    left: usize,
}

impl<T> Stream for Take<T> {
    type Item = Result<T, IoError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let item = ready!(self.stream.as_mut().poll_next(cx));
        self.left -= 1;
        Poll::Ready(item)
    }
}

/// What gives streams: a future one, a stream many.
trait Outer<T> {
    /// The next one. Over, it is asked no more.
    fn poll_stream(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Results<T>, IoError>>>;
    /// Returns whether one is all.
    fn is_one(&self) -> bool;
}

impl<T> Outer<T> for BoxFuture<Result<Results<T>, IoError>> {
    fn poll_stream(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Results<T>, IoError>>> {
        self.as_mut().poll(cx).map(Some)
    }

    fn is_one(&self) -> bool {
        true
    }
}

impl<T> Outer<T> for Results<Results<T>> {
    fn poll_stream(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Results<T>, IoError>>> {
        self.as_mut().poll_next(cx)
    }

    fn is_one(&self) -> bool {
        false
    }
}

struct Flat<O, T> {
    outer: Option<O>,
    inner: Option<Results<T>>,
}

impl<O: Outer<T> + Unpin, T> Stream for Flat<O, T> {
    type Item = Result<T, IoError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(inner) = &mut self.inner {
                match ready!(inner.as_mut().poll_next(cx)) {
                    Some(item) => return Poll::Ready(Some(item)),
                    None => self.inner = None,
                }
            }
            let Some(outer) = &mut self.outer else { return Poll::Ready(None) };
            let next = ready!(outer.poll_stream(cx));
            if next.is_none() || outer.is_one() {
                self.outer = None;
            }
            match next {
                Some(Ok(stream)) => self.inner = Some(stream),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    fn all(mut stream: Results<u32>) -> Vec<Result<u32, String>> {
        let mut cx = Context::from_waker(Waker::noop());
        let mut items = Vec::new();
        while let Poll::Ready(Some(item)) = stream.as_mut().poll_next(&mut cx) {
            items.push(item.map_err(|error| error.cause()));
        }
        items
    }

    fn counted(from: u32, to: u32) -> Results<u32> {
        iter((from..to).map(Ok))
    }

    #[test]
    fn streams_are_changed_cut_and_joined() {
        assert_eq!(all(map(counted(0, 3), |item| Ok(item * 2))), [Ok(0), Ok(2), Ok(4)]);
        assert_eq!(all(take(counted(0, 9), 2)), [Ok(0), Ok(1)]);
        let several = iter([Ok(counted(0, 2)), Ok(counted(0, 0)), Ok(counted(5, 6))].into_iter());
        assert_eq!(all(flat(several)), [Ok(0), Ok(1), Ok(5)]);
        assert_eq!(all(later(Box::pin(async { Ok(counted(7, 9)) }))), [Ok(7), Ok(8)]);
    }

    #[test]
    fn errors_come_where_they_are() {
        let wrong = || IoError::Failed("wrong".to_owned());
        let error = || Err(wrong().cause());
        assert_eq!(all(failed(wrong())), [error()]);
        assert_eq!(all(later(Box::pin(async move { Err(wrong()) }))), [error()]);
        let several =
            iter([Ok(counted(0, 1)), Err(wrong()), Ok(failed(wrong())), Ok(counted(3, 4))].into_iter());
        assert_eq!(all(flat(several)), [Ok(0), error(), error(), Ok(3)]);
    }
}
